import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

/** A connection from a chosen client address, open until it is ended. */
export interface BalanceClient {
  readonly address: string;
  readonly socket: Socket;
  /** Whether the connection has ended, whoever ended it. */
  ended: boolean;
}

const HANDSHAKE_TIMEOUT_MS = 5000;

/**
 * Upgrades a connection from the loopback address `address`.
 * @throws Error when it is refused or takes too long.
 */
export function connectFrom(address: string, port: number, path: string): Promise<BalanceClient> {
  return new Promise((resolve, reject) => {
    const upgrade = request({
      host: '127.0.0.1',
      port,
      path,
      localAddress: address,
      timeout: HANDSHAKE_TIMEOUT_MS,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      },
    });
    upgrade.on('upgrade', (_, socket) => {
      const client: BalanceClient = { address, socket: socket as Socket, ended: false };
      socket.on('error', () => {});
      socket.on('close', () => {
        client.ended = true;
      });
      socket.resume();
      resolve(client);
    });
    upgrade.on('response', (response) => {
      response.resume();
      reject(new Error(`the upgrade was answered with ${response.statusCode}`));
    });
    upgrade.on('timeout', () =>
      upgrade.destroy(new Error(`no answer to the upgrade within ${HANDSHAKE_TIMEOUT_MS} ms`)),
    );
    upgrade.on('error', reject);
    upgrade.end();
  });
}

/** Ends all of them at once. */
export function disconnect(clients: readonly BalanceClient[]): void {
  for (const client of clients) client.socket.destroy();
}

/** `count` clients of one /24, as in a compose network: 127.0.5.1, 127.0.5.2, … */
export const oneSubnet = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.0.5.${1 + (i % 250)}`);

/** `count` clients of as many /24 networks. */
export const manySubnets = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.${1 + Math.floor(i / 250)}.${1 + (i % 250)}.1`);
