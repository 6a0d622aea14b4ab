// Socket.IO's connection state recovery, by the streams adapter: a client that comes back is asked for its token again.
import { Issuer } from '@ws-arena/auth/testing/issuer';
import { startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { Manager, type Socket } from 'socket.io-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRedis } from './running-redis.ts';
import { redisHere } from './testing/redis-here.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000 });

const happened = (socket: Socket, ...events: readonly string[]) =>
  new Promise<string>((resolve) => {
    for (const event of events) socket.once(event, (error?: Error) => resolve(error?.message ?? event));
  });

test('a client that comes back is recovered with a good token, and not let in with a bad one', async ({
  skip,
}) => {
  if (!redisHere) skip('sessions by Redis: no redis-server is here, and none could be fetched');
  const [redis, issuer] = [await startRedis({}), await Issuer.start()];
  const settings = { port: 0, redisUrl: redis.url, socketioAdapter: 'streams' };
  const server = await startServer(targetNamed('socketio')!, issuer.config(settings));
  const manager = new Manager(server.httpUrl, {
    path: new URL(server.url).pathname,
    addTrailingSlash: false,
    transports: ['websocket'],
    reconnectionDelay: 50,
  });
  onTestFinished(async () => {
    manager._close();
    await Promise.all([server.kill(), redis.kill(), issuer.goAway()]);
  });
  const auth = { token: await issuer.token() };
  const socket = manager.socket('/', { auth });
  expect(await happened(socket, 'connect', 'connect_error')).toBe('connect');
  // What was missed is asked for from the last event on, so there must be one.
  const echo = happened(socket, 'message');
  socket.emit('message', 'hello');
  await echo;

  manager.engine.close();
  expect(await happened(socket, 'connect', 'connect_error')).toBe('connect');
  expect(socket.recovered).toBe(true);

  auth.token = 'none';
  manager.engine.close();
  expect(await happened(socket, 'connect', 'connect_error')).toMatch(/^401: /);
});
