import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { Server } from 'socket.io';
import { afterEach, expect, test, vi } from 'vitest';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

const CLIENTS = 4;
let io: Server | undefined;
afterEach(() => io?.close());

/** A real socket.io server that echoes 50 ms later, and cuts as many connections as there are clients. */
async function startEcho(restores: boolean): Promise<{ url: string; received(): number }> {
  let all = 0;
  const http = createServer();
  io = new Server(http, {
    path: '/ws-notifications',
    addTrailingSlash: false,
    ...(restores && { connectionStateRecovery: {} }),
  });
  let cuts = 0;
  io.on('connection', (socket) => {
    let received = 0;
    socket.on('message', (data: unknown) => {
      all++;
      setTimeout(() => socket.emit('message', data), 50);
      if (++received === 20 && ++cuts <= CLIENTS) socket.conn.close();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}/ws-notifications`, received: () => all };
}

const spec = (url: string, values: Partial<LoadSpec>): LoadSpec => ({
  ...defaultSpec,
  urls: [url],
  dialect: 'socketio',
  connections: CLIENTS,
  durationMs: 2000,
  verify: true,
  load: {
    ...{ kind: 'open', ratePerSec: 400, over: 'all', arrivals: 'constant', profile: 'constant' },
    reconnect: { kind: 'socketio', windowMs: 100, maxMs: 500 },
  },
  ...values,
});

test('a client that comes back is given what it missed, once and in order', async () => {
  const { url, received } = await startEcho(true);
  const { messages, returns } = await runJob(spec(url, { recovers: true }), testClient());
  expect(returns).toMatchObject({ recovered: CLIENTS, lostUntouched: 0 });
  // What the server never had, because it had closed by then, nobody can give back.
  expect(messages).toMatchObject({ delivered: received(), duplicated: 0, reordered: 0, corrupted: 0 });
});

test('without recovery the echoes that were under way are lost', async () => {
  const { url, received } = await startEcho(false);
  const { messages, returns } = await runJob(spec(url, {}), testClient());
  expect(returns).not.toHaveProperty('recovered');
  expect(messages.delivered).toBeLessThan(received());
});

test('a server that restores no sessions is a failed handshake, and what cannot be restored is refused', async () => {
  const { url } = await startEcho(false);
  await expect(runJob(spec(url, { recovers: true }), testClient())).rejects.toThrow(
    'the server restores no sessions: it gave no pid',
  );
  await expect(runJob(spec(url, { recovers: true, acks: true }), testClient())).rejects.toThrow(
    'sessions are restored of text',
  );
});
