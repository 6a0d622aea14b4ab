import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test } from 'vitest';
import { Session } from './session.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a session that is closed during the polling handshake opens no connection any more', {
  timeout: 60_000,
}, async () => {
  const polls: ServerResponse[] = [];
  let upgrades = 0;
  let connections = 0;
  server = createServer((_, response) => polls.push(response)).on('upgrade', () => upgrades++);
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const spec = {
    ...defaultSpec,
    urls: [`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`],
    dialect: 'socketio',
    handshake: { ...defaultSpec.handshake, transport: 'polling' },
  } as const;
  const session = await Session.of(spec);
  const dial = session.dial(0);
  await expect.poll(() => polls.length, { timeout: 20_000 }).toBe(1);
  session.close();
  expect(await dial).toBe('closed');
  expect(session.failed).toEqual({});
  // The request is given up, not waited for.
  await expect.poll(() => polls[0]!.destroyed, { timeout: 20_000 }).toBe(true);
  expect([connections, upgrades]).toEqual([1, 0]);
});
