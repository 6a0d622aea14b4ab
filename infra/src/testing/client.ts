import type { ClientRequestArgs, IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { INSTANCE_HEADER } from './backend.ts';

/** An open WebSocket of a test. */
export interface Client {
  /** The instance that answered the upgrade. */
  readonly instance: string;
  readonly pings: () => number;
  /** Resolves when so many pings have come since the start. */
  pinged(count: number): Promise<void>;
  /** Sends a text and resolves with the next message. */
  echo(text: string): Promise<string>;
  send(text: string): void;
  /** Takes nothing more from the socket, so that it fills up. */
  stopReading(): void;
  /** Resolves with the close code; 1006 is an end without a close frame. */
  readonly closed: Promise<number>;
  /** Sends a pong that nobody asked for. */
  pong(): void;
  end(): void;
}

/**
 * Opens a WebSocket.
 * @param options of the library `ws` and of the request below it, such as `localAddress`.
 * @throws Error with the status when the upgrade is refused.
 */
export function connect(url: string, options: ClientOptions & ClientRequestArgs = {}): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { rejectUnauthorized: false, ...options });
    let instance = '';
    let pings = 0;
    const closed = new Promise<number>((done) => socket.once('close', done));
    socket.on('upgrade', (response: IncomingMessage) => {
      instance = String(response.headers[INSTANCE_HEADER] ?? '');
    });
    socket.on('ping', () => {
      pings += 1;
    });
    socket.on('error', reject);
    socket.on('open', () => {
      resolve({
        instance,
        pings: () => pings,
        pinged: (count) =>
          new Promise((done, fail) => {
            const look = () => pings >= count && done();
            socket.on('ping', look);
            void closed.then((code) => fail(new Error(`closed with ${code} after ${pings} pings`)));
            look();
          }),
        echo: (text) =>
          new Promise((done, fail) => {
            socket.once('message', (data) => done(String(data)));
            void closed.then((code) => fail(new Error(`closed with ${code}`)));
            socket.send(text);
          }),
        send: (text) => socket.send(text),
        stopReading: () => socket.pause(),
        closed,
        pong: () => socket.pong(),
        end: () => socket.terminate(),
      });
    });
  });
}

/** How many of `clients` each instance got, by its name. */
export function spread(clients: readonly Client[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { instance } of clients) counts[instance] = (counts[instance] ?? 0) + 1;
  return counts;
}
