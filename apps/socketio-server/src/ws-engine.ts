import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerConfig } from '@ws-arena/config/options';
import { wireLimitBytes } from '@ws-arena/config/wire-limit';
import type { Metrics } from '@ws-arena/lifecycle/metrics';
import { handshakeRefuser } from '@ws-arena/lifecycle/node-http';
import { takeTurns } from '@ws-arena/lifecycle/take-turns';
import { tcpProgress } from '@ws-arena/lifecycle/tcp-progress';
import type { Transport } from 'engine.io';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';

/** A WebSocket below Engine.IO that knows its TCP socket. */
export class EngineWebSocket extends WebSocket {
  declare socket: Socket;

  /** The code of the close frame that was sent first: what the peer sees, where the event `close` has what it said. */
  sentCode: number | undefined = undefined;

  override close(code?: number, data?: string | Buffer): void {
    this.sentCode ??= code;
    super.close(code, data);
  }

  waitingBytes(): number {
    return this.socket.writableLength;
  }

  progress(): number {
    return tcpProgress(this.socket);
  }
}

/**
 * With permessage-deflate ws counts a message on the wire, too, and `maxPayload` leaves room for that. So the limit of the
 * message itself is kept here, before Engine.IO hears of it.
 */
class InflatingWebSocket extends EngineWebSocket {
  declare readLimitBytes: number;
  #tooLong = false;

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    if (event !== 'message') return super.emit(event, first, second);
    if (this.#tooLong) return false;
    this.#tooLong = (first as Buffer).length > this.readLimitBytes;
    if (!this.#tooLong) return super.emit(event, first, second);
    this.close(1009);
    return false;
  }
}

/** The WebSocket of a transport; undefined for polling. */
export function webSocketOf(transport: Transport): EngineWebSocket | undefined {
  return transport.name === 'websocket'
    ? (transport as Transport & { socket: EngineWebSocket }).socket
    : undefined;
}

/**
 * The `wsEngine` for Engine.IO: ws with the options that engine.io does not forward. Without `closeTimeout` a peer that
 * does not answer a close lingers for 30 s.
 */
export function wsEngine(
  config: ServerConfig,
  metrics: Metrics,
): new (
  options: ServerOptions,
) => WebSocketServer {
  return class extends WebSocketServer<typeof EngineWebSocket> {
    constructor(options: ServerOptions) {
      super({
        ...options,
        ...{ closeTimeout: config.shutdownGraceMs }, // since ws 8.19, and @types/ws 8.18 does not know it
        maxFragments: config.readLimitBytes,
        maxPayload: wireLimitBytes(config),
        WebSocket: config.deflateLevel > 0 ? InflatingWebSocket : EngineWebSocket,
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
        client.socket = socket as Socket;
        takeTurns(client.socket);
        if (client instanceof InflatingWebSocket) client.readLimitBytes = config.readLimitBytes;
        done(client, request);
      });
    }
  };
}
