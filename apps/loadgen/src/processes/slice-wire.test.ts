import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { generate } from 'selfsigned';
import { Server } from 'socket.io';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { clean, cleanUp, cleanUps, closed, open, opened, slice, total } from '../testing/slices.ts';

/* Slices over everything that a session can speak. */

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });
afterEach(cleanUp);

test('over TLS', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
  });
  const https = createHttpsServer({ cert, key });
  const wss = new WebSocketServer({ server: https });
  wss.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    https.closeAllConnections();
    https.close();
  });
  const url = `wss://127.0.0.1:${(https.address() as AddressInfo).port}/`;
  const session = await opened(url, { tls: { ...defaultSpec.tls, verify: false } });
  for (const spec of [closed, slice(open()), slice(open({ burst: 5 }))]) {
    const result = await session.slice(spec);
    expect(result).toMatchObject({ ...clean, delivered: result.sent });
    expect(result.sent).toBeGreaterThan(0);
  }
});

test.each(['takeover', 'no-takeover'] as const)(
  'with deflate %s, where replies are not inflated',
  async (deflate) => {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
    wss.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    await new Promise((resolve) => wss.once('listening', resolve));
    cleanUps.push(() => {
      for (const client of wss.clients) client.terminate();
      wss.close();
    });
    const payload = { kind: 'json', bytes: 1024, binary: false, seed: 1 } as const;
    const url = `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/`;
    const session = await opened(url, { deflate, payload });
    expect(session.extensions).toMatch(/^permessage-deflate/);
    for (const spec of [closed, slice(open()), slice(open({ burst: 5 })), slice(open())]) {
      const result = await session.slice(spec);
      expect(result).toMatchObject({ ...clean, delivered: result.sent });
      expect(result.sent).toBeGreaterThan(0);
      if (result.intended) expect(total(result.intended)).toBe(result.sent);
    }
  },
);

test.each(['websocket', 'polling'] as const)('Socket.IO, by %s', async (transport) => {
  const http = createHttpServer();
  const io = new Server(http);
  io.on('connection', (socket) => socket.on('message', (message) => socket.emit('message', message)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => io.close());
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  const session = await opened(url, {
    dialect: 'socketio',
    handshake: { ...defaultSpec.handshake, transport },
  });
  for (const spec of [closed, slice(open()), slice({ kind: 'connect', ratePerSec: 100, concurrency: 0 })]) {
    const result = await session.slice(spec);
    expect(result).toMatchObject({ ...clean, delivered: result.sent });
    expect(result.sent).toBeGreaterThan(0);
  }
});
