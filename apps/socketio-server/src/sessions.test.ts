import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ServerConfig } from '@ws-arena/config/options';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { readMetrics } from '@ws-arena/contract/suite/metrics-text';
import { Peer } from '@ws-arena/contract/suite/peer';
import { RawClient } from '@ws-arena/contract/suite/raw-client';
import { targetNamed } from '@ws-arena/contract/targets';
import { afterEach, describe, expect, test, vi } from 'vitest';

// Sessions of Engine.IO, over HTTP long-polling and not: who may have one. Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const running: RunningServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function start(name: string, values: Partial<ServerConfig>): Promise<RunningServer> {
  const server = await startServer(targetNamed(name)!, parseConfig({ port: 0, ...values }));
  running.push(server);
  return server;
}

const LONG_POLLING = { longPolling: true, maxConnections: 2 } as const;

/** The status and text of a request of long-polling. */
async function poll(server: RunningServer, query = '', body?: string): Promise<[number, string]> {
  const path = `/ws-notifications?EIO=4&transport=polling${query}`;
  const exchange = request({ port: server.port, path, method: body === undefined ? 'GET' : 'POST' });
  const [response] = (await once(exchange.end(body), 'response')) as [IncomingMessage];
  return [response.statusCode!, await text(response)];
}

/** The id of a session opened by long-polling. */
async function session(server: RunningServer): Promise<string> {
  const [status, packet] = await poll(server);
  expect(status).toBe(200);
  return (JSON.parse(packet.slice(1)) as { sid: string }).sid;
}

/** The status of an upgrade. */
async function upgrade(
  server: RunningServer,
  query: Record<string, string> = {},
): Promise<number | undefined> {
  const peer = await Peer.knock(server, { query });
  peer.raw.destroy();
  return peer.raw.head?.status;
}

const connections = async (server: RunningServer) => (await readMetrics(server)).get('ws_connections');

describe.each(['socketio', 'socketio-msgpack'])('%s, WebSocket alone', (name) => {
  test('long-polling opens no session, as a request or as an upgrade', async () => {
    const server = await start(name, {});
    expect((await poll(server))[0]).toBe(400);
    expect(await upgrade(server, { transport: 'polling' })).not.toBe(101);
    expect(await upgrade(server, { transport: 'websocket' })).toBe(101);
    expect(await connections(server)).toBeLessThanOrEqual(1);
  });

  test.each([
    [503, ''],
    [400, 'unknown'],
  ])('maxConnections, with %i for the session id "%s"', async (status, sid) => {
    const server = await start(name, { maxConnections: 1 });
    const peer = await Peer.open(server);
    expect(await upgrade(server, { sid })).toBe(status);
    peer.raw.destroy();
  });
});

describe.each(['socketio', 'socketio-msgpack'])('%s, long-polling too', (name) => {
  test('maxConnections counts sessions, and lets nobody past who names none', async () => {
    const server = await start(name, LONG_POLLING);
    const sid = await session(server);
    await session(server);
    for (const query of ['', '&sid=', `&sid=${sid}&sid=`, `#&sid=${sid}`]) {
      expect(await poll(server, query)).toEqual([503, expect.stringContaining('2 connections')]);
    }
    for (const query of [{}, { sid: '' }]) expect(await upgrade(server, query)).toBe(503);
    expect(await poll(server, `&sid=${sid}`, '40')).toEqual([200, 'ok']);
    expect(await upgrade(server, { sid })).toBe(101);
  });

  test('as many requests in one segment open no more sessions', async () => {
    const server = await start(name, LONG_POLLING);
    const raw = await RawClient.open(server.port);
    const { pathname } = new URL(server.url);
    raw.send(`GET ${pathname}?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20));
    await raw.until('the end of the connection', () => raw.ended);
    expect(await connections(server)).toBeLessThanOrEqual(2);
  });

  test('pages of the allowed origins may read their polls, and no others poll at all', async () => {
    const origins = ['https://one.example', 'https://two.example'];
    const server = await start(name, { ...LONG_POLLING, originAllowList: origins });
    for (const origin of [...origins, 'https://three.example']) {
      const url = `${server.httpUrl}${new URL(server.url).pathname}?EIO=4&transport=polling`;
      const { status, headers } = await fetch(url, { headers: { Origin: origin } });
      const allowed = origins.includes(origin);
      expect(status).toBe(allowed ? 200 : 403);
      expect(headers.get('access-control-allow-origin')).toBe(allowed ? origin : null);
    }
  });

  test('a session that joins no namespace ends early, though nobody polls', async () => {
    const server = await start(name, { ...LONG_POLLING, handshakeTimeoutMs: 200 });
    await session(server);
    await session(server);
    await expect.poll(() => connections(server), { timeout: 15_000, interval: 50 }).toBe(0);
    await session(server);
  });
});

describe.each(['ws', 'uws', 'gorilla', 'lua'])('%s refuses', (name) => {
  test.each([
    ['longPolling is true; wanted: false', LONG_POLLING],
    ['socketioAdapter is streams; wanted: sharded', { socketioAdapter: 'streams' }],
  ] as const)('what only Socket.IO has: %s', async (sentence, values) => {
    await expect(start(name, values)).rejects.toThrow(new RegExp(`exit code 2.*${sentence}`, 's'));
  });
});
