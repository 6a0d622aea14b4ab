import { connect, type Socket } from 'node:net';
import { DirectWriter } from './direct-writer.ts';
import { type Endpoint, reasonOf, type Transport, type TransportHandler } from './transport.ts';

/** One buffer for all sockets of the process: libuv reads into it, and the callback has parsed it before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens a plain TCP connection. */
export function connectTcp(endpoint: Endpoint, handler: TransportHandler): Transport {
  return new TcpTransport(endpoint, handler);
}

class TcpTransport implements Transport {
  readonly #socket: Socket;
  #direct: DirectWriter | undefined;

  constructor(endpoint: Endpoint, handler: TransportHandler) {
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
        buffer: readBuffer,
        callback: (bytes: number) => {
          handler.bytes(readBuffer, 0, bytes);
          return true;
        },
      },
    };
    const socket = connect(options);
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
