import type { ServerConfig } from '@ws-arena/config/options';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Heartbeat, Peer } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import type { Socket as EngineConnection, Transport } from 'engine.io';

/** The WebSocket below a connection of Engine.IO, whichever library it is of. */
export interface Wire extends Omit<Peer, 'ping'> {
  readonly bufferedAmount: number;
  /** The code of the close frame that was sent; undefined where the event `close` has it. */
  readonly sentCode?: number | undefined;
  /** Stops reading; absent where the library cannot. */
  pause?(): void;
  resume?(): void;
  /** Starts the closing handshake with a code. */
  goAway(code: number): void;
  on(event: 'close', listener: (code: number) => void): unknown;
}

/** What all peers of one server share. */
export interface PeerContext {
  readonly config: ServerConfig;
  readonly metrics: Metrics;
  readonly heartbeat: Heartbeat<EnginePeer>;
  /** The WebSocket of a transport; undefined for polling. */
  readonly wireOf: (transport: Transport) => Wire | undefined;
}

/** How long a session that ends waits for its next poll, which would tell the client; Engine.IO would wait for 30 s. */
const POLL_GAP_MS = 1000;

/** What the contract adds to a connection of Engine.IO, which has no write deadline and queues without end. */
export class EnginePeer implements Peer {
  readonly #context: PeerContext;
  readonly #connection: EngineConnection;
  readonly #workload: Workload;
  readonly #beat: Beat<EnginePeer>;
  #wire: Wire | undefined;
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
    this.#takeWire();
    if (!this.#wire) Object.assign(connection.transport, { closeTimeout: POLL_GAP_MS });
    connection.on('upgrade', () => this.#takeWire());
    connection.on('heartbeat', () => context.heartbeat.pong(this.#beat));
    connection.on('packetCreate', (packet: { data?: unknown }) => this.#queued(packet.data));
    connection.on('drain', () => this.#flushed());
    connection.on('close', () => this.#closed());
  }

  get isPaused(): boolean {
    return this.#wire?.isPaused ?? false;
  }

  /** Engine.IO pings by itself, `pingInterval` after each pong. */
  ping(): void {}

  waitingBytes(): number {
    return this.#queuedBytes + (this.#wire?.waitingBytes() ?? 0);
  }

  progress(): number {
    return this.#wire ? this.#wire.progress() : this.#flushes;
  }

  terminate(): void {
    if (this.#wire) this.#wire.terminate();
    else this.#connection.close(true);
  }

  /** Accepts no more and ends with a code behind what is queued; Socket.IO's own `close` sends no code. */
  goAway(code = 1001): void {
    this.#connection.removeAllListeners('data');
    const wire = this.#wire;
    if (!wire) this.#connection.close();
    else if (this.#queuedBytes === 0) wire.goAway(code);
    else this.#connection.once('drain', () => wire.goAway(code));
  }

  #takeWire(): void {
    const wire = this.#context.wireOf(this.#connection.transport);
    this.#wire = wire;
    wire?.on('close', (code) => this.#context.metrics.closed(wire.sentCode ?? code));
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
    const bytes = this.#queuedBytes + (this.#wire?.bufferedAmount ?? 0);
    if (bytes === 0) return;
    this.#context.heartbeat.watchWrites(this.#beat);
    if (bytes > this.#context.config.maxBufferedBytes) this.#full();
  }

  /** An echo peer that does not read is not read from; anybody else is cut. */
  #full(): void {
    const wire = this.#wire;
    if (!wire?.pause || this.#workload.kind !== 'echo') {
      if (!this.#cut) this.#context.metrics.cut('buffer_full');
      this.#cut = true;
      this.terminate();
    } else if (!wire.isPaused) {
      wire.pause();
      this.#connection.transport.once('drain', () => wire.resume?.());
    }
  }

  #closed(): void {
    this.#context.heartbeat.remove(this.#beat);
    if (!this.#wire) this.#context.metrics.closed(1005);
  }
}
