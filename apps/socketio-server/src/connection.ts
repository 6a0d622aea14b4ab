import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Admitted } from '@ws-arena/lifecycle/admit';
import type { Beat, Heartbeat, Peer } from '@ws-arena/lifecycle/heartbeat';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { handshakeRefuser } from '@ws-arena/lifecycle/node-http';
import { takeTurns } from '@ws-arena/lifecycle/take-turns';
import { tcpProgress } from '@ws-arena/lifecycle/tcp-progress';
import type { Socket } from 'socket.io';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';

/** What Engine.IO knows of a client: `socket.conn`. */
export type EngineConnection = Socket['conn'];

/** What a request was let in for; Engine.IO keeps the first one of a session: `socket.request`. */
export const admittedBy = (request: IncomingMessage) => (request as AdmittedRequest).admitted;

/** A request that was let in. Engine.IO leaves its query there (https://socket.io/how-to/use-with-jwt). */
export interface AdmittedRequest extends IncomingMessage {
  readonly _query: Readonly<Record<string, string>>;
  admitted: Admitted;
}

/** A WebSocket below Engine.IO that knows its TCP socket. */
class EngineWebSocket extends WebSocket {
  declare tcp: TcpSocket;

  /** The code of the close frame that was sent first: what the peer sees, where the event `close` has what it said. */
  sentCode: number | undefined = undefined;

  override close(code?: number, data?: string | Buffer): void {
    if (this.readyState === this.OPEN) this.sentCode = code;
    super.close(code, data);
  }
}

/** ws with the options that Engine.IO does not hand on (https://socket.io/docs/v4/server-options/#wsengine). */
export function wsEngine(config: ServerConfig, metrics: Metrics) {
  return class extends WebSocketServer<typeof EngineWebSocket> {
    constructor(options: ServerOptions) {
      super({
        ...options,
        ...{ closeTimeout: config.shutdownGraceMs }, // 30 s by default; since ws 8.19, and @types/ws 8.18 does not know it
        maxFragments: config.readLimitBytes, // 16,384 by default: a message of the limit in smaller pieces would get 1008
        WebSocket: EngineWebSocket,
      });
      this.on('wsClientError', handshakeRefuser(metrics));
    }

    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (client: EngineWebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, socket, head, (client) => {
        client.tcp = socket as TcpSocket;
        takeTurns(client.tcp);
        done(client, request);
      });
    }
  };
}

/** What all connections of one server share. */
export interface Shared {
  readonly config: ServerConfig;
  readonly metrics: Metrics;
  readonly heartbeat: Heartbeat<Connection>;
}

/** How long a session that ends waits for its next poll, which would tell the client; Engine.IO would wait for 30 s. */
const POLL_GAP_MS = 1000;

/**
 * What Engine.IO does not do for a connection: a write deadline, a bound of what waits, and a close code. It goes by the
 * events of https://socket.io/docs/v4/server-socket-instance/#socketconn.
 */
export class Connection implements Peer {
  readonly #shared: Shared;
  readonly #engine: EngineConnection;
  readonly #beat: Beat<Connection>;
  /** Undefined while the client polls. */
  #webSocket: EngineWebSocket | undefined;
  /** Bytes in Engine.IO's own queue, where they wait while the transport is busy. */
  #queuedBytes = 0;
  #flushes = 0;
  #cut = false;

  constructor(shared: Shared, engine: EngineConnection) {
    this.#shared = shared;
    this.#engine = engine;
    this.#beat = shared.heartbeat.add(this);
    shared.metrics.opened();
    this.#takeWebSocket();
    if (!this.#webSocket) Object.assign(engine.transport, { closeTimeout: POLL_GAP_MS });
    engine.on('upgrade', () => this.#takeWebSocket());
    engine.on('heartbeat', () => shared.heartbeat.pong(this.#beat));
    engine.on('packetCreate', (packet: { data?: unknown }) => this.#queued(packet.data));
    engine.on('drain', () => this.#flushed());
    engine.on('close', () => this.#closed());
  }

  get isPaused(): boolean {
    return this.#webSocket?.isPaused ?? false;
  }

  /** Engine.IO pings by itself, `pingInterval` after each pong. */
  ping(): void {}

  waitingBytes(): number {
    return this.#queuedBytes + (this.#webSocket?.tcp.writableLength ?? 0);
  }

  progress(): number {
    return this.#webSocket ? tcpProgress(this.#webSocket.tcp) : this.#flushes;
  }

  terminate(): void {
    if (this.#webSocket) this.#webSocket.terminate();
    else this.#engine.close(true);
  }

  /** Accepts no more and ends with a code behind what is queued; Engine.IO's own `close` sends no code. */
  end(code: number): void {
    this.#engine.removeAllListeners('data');
    const webSocket = this.#webSocket;
    if (!webSocket) this.#engine.close();
    else if (this.#queuedBytes === 0) webSocket.close(code);
    else this.#engine.once('drain', () => webSocket.close(code));
  }

  #takeWebSocket(): void {
    const { transport } = this.#engine;
    if (transport.name !== 'websocket') return;
    const webSocket = (transport as typeof transport & { socket: EngineWebSocket }).socket;
    webSocket.on('close', (code) => this.#shared.metrics.closed(webSocket.sentCode ?? code));
    this.#webSocket = webSocket;
  }

  #queued(data: unknown): void {
    if (typeof data === 'string' || data instanceof Uint8Array) this.#queuedBytes += data.length;
    // A transport that is free takes it at once, and `drain` says so.
    if (!this.#engine.transport.writable) this.#waits();
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
    this.#shared.heartbeat.watchWrites(this.#beat);
    if (bytes > this.#shared.config.maxBufferedBytes) this.#full();
  }

  /** An echo peer that does not read is not read from; anybody else is cut. */
  #full(): void {
    const webSocket = this.#webSocket;
    if (!webSocket || admittedBy(this.#engine.request).workload.kind !== 'echo') {
      if (!this.#cut) this.#shared.metrics.cut('buffer_full');
      this.#cut = true;
      this.terminate();
    } else if (!webSocket.isPaused) {
      webSocket.pause();
      this.#engine.transport.once('drain', () => webSocket.resume());
    }
  }

  #closed(): void {
    this.#shared.heartbeat.remove(this.#beat);
    if (!this.#webSocket) this.#shared.metrics.closed(1005);
  }
}
