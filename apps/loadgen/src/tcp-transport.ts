import { connect, type Socket } from 'node:net';
import { type Endpoint, reasonOf, type Transport, type TransportHandler } from './transport.ts';

/** One buffer for all sockets of the process: libuv reads into it, and the callback has parsed it before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Opens a plain TCP connection. */
export function connectTcp(endpoint: Endpoint, handler: TransportHandler): Transport {
  return new TcpTransport(endpoint, handler);
}

class TcpTransport implements Transport {
  readonly #socket: Socket;

  constructor(endpoint: Endpoint, handler: TransportHandler) {
    let reason = 'ended';
    const socket = connect({
      host: endpoint.address,
      port: endpoint.port,
      ...(endpoint.localAddress !== undefined && { localAddress: endpoint.localAddress }),
      noDelay: true,
      autoSelectFamily: false,
      onread: {
        buffer: readBuffer,
        callback: (bytes) => {
          handler.bytes(readBuffer, 0, bytes);
          return true;
        },
      },
    });
    this.#socket = socket;
    socket.once('connect', () => handler.opened());
    socket.on('drain', () => handler.drained());
    socket.on('error', (error) => {
      reason = reasonOf(error);
    });
    socket.once('close', () => handler.closed(reason));
  }

  write(bytes: Uint8Array): boolean {
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
