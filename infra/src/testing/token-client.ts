import { Manager } from 'socket.io-client';
import { type Client, connect } from './client.ts';
import type { TokenRoute } from './token-routes.ts';

/** A client that was let in by its token. */
export type TokenClient = Pick<Client, 'echo' | 'closed' | 'end'>;

/**
 * The library's own client: `ws`, or `socket.io-client` for Socket.IO, with the token in `Authorization`.
 * @throws Error when it is not let in.
 */
export function connectBy(token: string, { name, server }: TokenRoute): Promise<TokenClient> {
  const headers = { authorization: `Bearer ${token}` };
  return name === 'socketio' ? socketIo(server.url, headers) : connect(server.url, { headers });
}

function socketIo(address: string, extraHeaders: Record<string, string>): Promise<TokenClient> {
  const { origin, pathname } = new URL(address.replace('ws:', 'http:'));
  const manager = new Manager(origin, {
    path: pathname,
    addTrailingSlash: false,
    transports: ['websocket'],
    reconnection: false,
    extraHeaders,
  });
  const socket = manager.socket('/');
  const closed = new Promise<number>((resolve) => {
    // What the transport was closed with stands in the close event of its WebSocket.
    socket.once('disconnect', (_reason, details) => {
      const context = details && 'context' in details ? details.context : undefined;
      resolve((context as { readonly code?: number } | undefined)?.code ?? 1006);
    });
  });
  return new Promise((resolve, reject) => {
    socket.once('connect_error', (error) => reject(new Error(saidBy(error))));
    socket.once('connect', () =>
      resolve({
        closed,
        echo: (text) =>
          new Promise((done, fail) => {
            socket.once('message', (data) => done(String(data)));
            void closed.then((code) => fail(new Error(`closed with ${code}`)));
            socket.emit('message', text);
          }),
        end: () => manager._close(),
      }),
    );
  });
}

/** Of a refused upgrade the status stands in what its WebSocket said. */
function saidBy(error: Error): string {
  return 'description' in error ? (error.description as Error).message : error.message;
}
