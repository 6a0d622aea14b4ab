import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { acceptFor } from '@ws-arena/wire/handshake';
import { afterEach, expect, test } from 'vitest';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a frame that is announced too large is refused by its head', { timeout: 60_000 }, async () => {
  server = createServer().on('upgrade', ({ headers }, socket) => {
    const accept = acceptFor(headers['sec-websocket-key'] ?? '');
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.once('data', () => socket.write(Buffer.from([0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const spec = { ...defaultSpec, urls: [url], connections: 2, durationMs: 100, drainMs: 20_000 };
  const { connections, warnings } = await runJob(spec, testClient());
  expect(connections.closed).toEqual({ '1006': 2 });
  expect(warnings).toContainEqual({
    kind: 'corrupted',
    detail: 'the server sent too much: a frame of 1073741824 bytes; read are at most 65600',
  });
});
