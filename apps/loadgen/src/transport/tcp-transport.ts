import { connect, type Socket } from 'node:net';
import { DirectWriter } from './direct-writer.ts';
import { type Endpoint, reasonOf, type Transport, type TransportHandler } from './transport.ts';

/** One buffer for all sockets of the process: libuv reads into it, and the callback has parsed it before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** How a connection reads. */
export interface Reading {
  readonly buffer: Buffer;
  /** Asked after each read; false pauses the socket until somebody resumes it. */
  readonly goesOn: (socket: Socket) => boolean;
}

const readsAll: Reading = { buffer: readBuffer, goesOn: () => true };

/** Opens a plain TCP connection. */
export function connectTcp(endpoint: Endpoint, handler: TransportHandler): Transport {
  return new TcpTransport(endpoint, handler, readsAll);
}

/** The same, of one that reads in its own way. */
export function tcpTransport(endpoint: Endpoint, handler: TransportHandler, reading: Reading): Transport {
  return new TcpTransport(endpoint, handler, reading);
}

class TcpTransport implements Transport {
  readonly #socket: Socket;
  #direct: DirectWriter | undefined;

  constructor(endpoint: Endpoint, handler: TransportHandler, { buffer, goesOn }: Reading) {
    let reason = 'ended';
    const options = {
      host: endpoint.address,
      port: endpoint.port,
      ...(endpoint.localAddress !== undefined && { localAddress: endpoint.localAddress }),
      noDelay: true,
      autoSelectFamily: false,
      // Where the stream writes: it says `drain` only behind a write that went over this mark.
      highWaterMark: 1,
      onread: {
        buffer,
        callback: (bytes: number) => {
          handler.bytes(buffer, 0, bytes);
          return goesOn(socket);
        },
      },
    };
    const socket: Socket = connect(options);
    this.#socket = socket;
    socket.once('connect', () => {
      this.#direct = DirectWriter.of(socket, () => handler.drained());
      handler.opened();
    });
    socket.on('drain', () => handler.drained());
    socket.on('error', (error) => {
      reason = reasonOf(error);
    });
    socket.once('close', () => handler.closed(reason));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#direct) return this.#direct.write(bytes);
    const socket = this.#socket;
    socket.write(bytes);
    // libuv first tries to write at once; only what the kernel did not take counts as writableLength.
    return socket.writableLength === 0;
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
