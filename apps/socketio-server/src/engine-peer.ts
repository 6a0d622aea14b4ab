import type { ServerConfig } from '@ws-arena/config/options';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Heartbeat, Peer } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Socket as EngineConnection } from 'engine.io';
import { type EngineWebSocket, webSocketOf } from './ws-engine.ts';

/** What all peers of one server share. */
export interface PeerContext {
  readonly config: ServerConfig;
  readonly metrics: Metrics;
  readonly heartbeat: Heartbeat<EnginePeer>;
}

/** How long a session that ends waits for its next poll, which would tell the client; Engine.IO would wait for 30 s. */
const POLL_GAP_MS = 1000;

/** What the contract adds to a connection of Engine.IO, which has no write deadline and queues without end. */
export class EnginePeer implements Peer {
  readonly #context: PeerContext;
  readonly #connection: EngineConnection;
  readonly #workload: Workload;
  readonly #beat: Beat<EnginePeer>;
  /** Undefined while the client polls. */
  #webSocket: EngineWebSocket | undefined;
  /** Bytes in Engine.IO's own queue, where they wait while the transport is busy. */
  #queuedBytes = 0;
  #flushes = 0;
  #cut = false;

  constructor(context: PeerContext, connection: EngineConnection, workload: Workload) {
    this.#context = context;
    this.#connection = connection;
    this.#workload = workload;
    this.#beat = context.heartbeat.add(this);
    context.metrics.opened();
    this.#takeWebSocket();
    if (!this.#webSocket) Object.assign(connection.transport, { closeTimeout: POLL_GAP_MS });
    connection.on('upgrade', () => this.#takeWebSocket());
    connection.on('heartbeat', () => context.heartbeat.pong(this.#beat));
    connection.on('packetCreate', (packet: { data?: unknown }) => this.#queued(packet.data));
    connection.on('drain', () => this.#flushed());
    connection.on('close', () => this.#closed());
  }

  get isPaused(): boolean {
    return this.#webSocket?.isPaused ?? false;
  }

  /** Engine.IO pings by itself, `pingInterval` after each pong. */
  ping(): void {}

  waitingBytes(): number {
    return this.#queuedBytes + (this.#webSocket?.waitingBytes() ?? 0);
  }

  progress(): number {
    return this.#webSocket ? this.#webSocket.progress() : this.#flushes;
  }

  terminate(): void {
    if (this.#webSocket) this.#webSocket.terminate();
    else this.#connection.close(true);
  }

  /** Accepts no more and ends with a code behind what is queued; Socket.IO's own `close` sends no code. */
  goAway(code = 1001): void {
    this.#connection.removeAllListeners('data');
    const webSocket = this.#webSocket;
    if (!webSocket) this.#connection.close();
    else if (this.#queuedBytes === 0) webSocket.close(code);
    else this.#connection.once('drain', () => webSocket.close(code));
  }

  #takeWebSocket(): void {
    const webSocket = webSocketOf(this.#connection.transport);
    this.#webSocket = webSocket;
    webSocket?.on('close', (code) => this.#context.metrics.closed(webSocket.sentCode ?? code));
  }

  #queued(data: unknown): void {
    if (typeof data === 'string' || data instanceof Uint8Array) this.#queuedBytes += data.length;
    // A transport that is free takes it at once, and `drain` says so.
    if (!this.#connection.transport.writable) this.#waits();
  }

  #flushed(): void {
    this.#queuedBytes = 0;
    this.#flushes += 1;
    this.#waits();
  }

  /** Bytes may wait; a peer for whom none do is not watched, for that would keep it until the next tick. */
  #waits(): void {
    const bytes = this.#queuedBytes + (this.#webSocket?.bufferedAmount ?? 0);
    if (bytes === 0) return;
    this.#context.heartbeat.watchWrites(this.#beat);
    if (bytes > this.#context.config.maxBufferedBytes) this.#full();
  }

  /** An echo peer that does not read is not read from; anybody else is cut. */
  #full(): void {
    const webSocket = this.#webSocket;
    if (!webSocket || this.#workload.kind !== 'echo') {
      if (!this.#cut) this.#context.metrics.cut('buffer_full');
      this.#cut = true;
      this.terminate();
    } else if (!webSocket.isPaused) {
      webSocket.pause();
      this.#connection.transport.once('drain', () => webSocket.resume());
    }
  }

  #closed(): void {
    this.#context.heartbeat.remove(this.#beat);
    if (!this.#webSocket) this.#context.metrics.closed(1005);
  }
}
