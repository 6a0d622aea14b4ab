// Socket.IO as its clients come: long-polling first, then WebSocket, through Nginx to three instances.
import type { ServerConfig } from '@ws-arena/config/options';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { Manager, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Routing } from './balance-method.ts';
import { startProxy } from './running-proxy.ts';
import { nginxHere } from './testing/nginx-here.ts';

const INSTANCES = 3;
const CLIENTS = 30;
const config = parseConfig({ port: 0, longPolling: true, maxConnections: 1000 });
const servers: RunningServer[] = [];

describe.runIf(nginxHere)('socket.io-client by long-polling, three instances', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const socketio = targetNamed('socketio')!;
    servers.push(
      ...(await Promise.all(Array.from({ length: INSTANCES }, () => startServer(socketio, config)))),
    );
  }, 60_000);
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  test.each([
    ['polling, then WebSocket', ['polling', 'websocket'], 'websocket'],
    ['polling alone', ['polling'], 'polling'],
    ['WebSocket alone', ['websocket'], 'websocket'],
  ] as const)(
    '%s: a cookie keeps each session on its instance, and all instances have some',
    async (_, transports, last) => {
      const url = await proxied(config, 'cookie');
      const outcomes = await Promise.all(Array.from({ length: CLIENTS }, () => outcome(url, transports)));
      expect(new Set(outcomes)).toEqual(new Set([`echo by ${last}`]));
      await expect.poll(total, WITHIN).toBe(CLIENTS);
      expect(Math.min(...(await Promise.all(servers.map(connections))))).toBeGreaterThan(0);
      await leave();
    },
  );

  test('hash on the address keeps them too, all of one address on one instance', async () => {
    const url = await proxied(config, 'hash');
    const outcomes = await Promise.all(
      Array.from({ length: CLIENTS }, () => outcome(url, ['polling', 'websocket'])),
    );
    expect(new Set(outcomes)).toEqual(new Set(['echo by websocket']));
    await expect.poll(total, WITHIN).toBe(CLIENTS);
    expect((await Promise.all(servers.map(connections))).sort()).toEqual([0, 0, CLIENTS]);
    await leave();
  });

  test('least_conn splits sessions: hardly one survives', async () => {
    // The proxy of one who did not tell it: its config would not be rendered with `longPolling`.
    const url = await proxied(parseConfig(), 'least_conn');
    const outcomes = await Promise.all(Array.from({ length: CLIENTS }, () => outcome(url, ['polling'])));
    expect(outcomes.filter((one) => one.startsWith('echo')).length).toBeLessThan(CLIENTS / 4);
    expect(outcomes.some((one) => one.includes('400'))).toBe(true);
  });
});

/** The address of a proxy before all instances, until the test is over. */
async function proxied(proxyConfig: ServerConfig, method: Routing): Promise<string> {
  const upstreams = servers.map(({ port }) => `127.0.0.1:${port}`);
  const proxy = await startProxy({ config: proxyConfig, upstreams, method, workers: 2 });
  onTestFinished(() => proxy.stop());
  return proxy.httpUrl;
}

const managers: Manager[] = [];

/** Closes all clients. By polling they say so in a request, which needs the proxy. */
async function leave(): Promise<void> {
  for (const manager of managers.splice(0)) manager._close();
  await expect.poll(total, WITHIN).toBe(0);
}

/** The servers make the text of their metrics anew from time to time. */
const WITHIN = { timeout: 20_000 };

/** How many clients all instances have. */
async function total(): Promise<number> {
  return (await Promise.all(servers.map(connections))).reduce((sum, each) => sum + each);
}

/** What became of one client: `echo by` its last transport, or the reason why it was not let in. */
async function outcome(url: string, transports: readonly ('polling' | 'websocket')[]): Promise<string> {
  const manager = new Manager(url, {
    path: config.path,
    addTrailingSlash: false,
    transports: [...transports],
    reconnection: false,
    // As a page of the same site does by itself: the cookie is kept.
    withCredentials: true,
    forceNew: true,
  });
  managers.push(manager);
  onTestFinished(() => manager._close());
  const socket: Socket = manager.socket('/');
  const refused = await new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('connect_error', (error: Error & { description?: unknown }) =>
      resolve(`${error.message} (${error.description})`),
    );
  });
  if (refused !== undefined) return refused;
  const { engine } = manager;
  if (transports.length > 1 && engine.transport.name === 'polling')
    await new Promise<unknown>((resolve) => {
      for (const event of ['upgrade', 'upgradeError', 'close'] as const) engine.once(event, resolve);
    });
  const echo = new Promise<unknown>((resolve) => {
    socket.once('message', resolve);
    socket.once('disconnect', resolve);
  });
  socket.emit('message', 'hello');
  return (await echo) === 'hello' ? `echo by ${engine.transport.name}` : 'no echo';
}

async function connections(server: RunningServer): Promise<number> {
  const text = await (await fetch(`${server.httpUrl}/metrics`)).text();
  return Number(/^ws_connections (\d+)$/m.exec(text)?.[1]);
}
