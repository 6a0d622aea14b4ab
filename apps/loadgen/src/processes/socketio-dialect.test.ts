import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { Server } from 'socket.io';
import msgpackParser from 'socket.io-msgpack-parser';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

interface Echo {
  readonly url: string;
  readonly transports: string[];
  /** What the application got: the types of the messages. */
  readonly types: Set<string>;
  /** How many are open. */
  readonly sessions: () => number;
  stop(): Promise<void>;
}

/** A real socket.io server that echoes. It lets nobody in with the token "wrong", and with "slow" after several pings. */
async function startEcho(parser?: unknown): Promise<Echo> {
  const http: HttpServer = createServer();
  const io = new Server(http, {
    path: '/ws-notifications',
    addTrailingSlash: false,
    pingInterval: 100,
    perMessageDeflate: { threshold: 0 },
    ...(parser === undefined ? {} : { parser }),
  });
  const transports: string[] = [];
  const types = new Set<string>();
  io.use(({ handshake, conn }, next) => {
    const { token } = handshake.auth;
    if (token !== 'slow') return next(token === 'wrong' ? new Error('not you') : undefined);
    let pings = 0;
    conn.on('heartbeat', () => ++pings === 2 && next());
  });
  io.on('connection', (socket) => {
    socket.on('message', (data: unknown) => {
      types.add(Buffer.isBuffer(data) ? 'buffer' : typeof data);
      socket.emit('message', data);
    });
    socket.on('disconnect', () => transports.push(socket.conn.transport.name));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/ws-notifications`,
    transports,
    types,
    sessions: () => io.of('/').sockets.size,
    stop: () => io.close(),
  };
}

const servers: Record<string, Echo> = {};
beforeAll(async () => {
  servers.socketio = await startEcho();
  servers['socketio-msgpack'] = await startEcho(msgpackParser);
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
});

function spec(dialect: LoadSpec['dialect'], values: Partial<LoadSpec>): LoadSpec {
  return {
    ...defaultSpec,
    urls: [servers[dialect]!.url],
    dialect,
    connections: 2,
    load: { kind: 'open', ratePerSec: 500, over: 'all', arrivals: 'constant', profile: 'constant' },
    durationMs: 120,
    verify: true,
    ...values,
  };
}

const handshake = defaultSpec.handshake;

describe.each(['socketio', 'socketio-msgpack'] as const)('%s', (dialect) => {
  const payloads: readonly [string, LoadSpec['payload'], string][] = [
    ['text', { kind: 'random', bytes: 64, binary: false, seed: 1 }, 'string'],
    ['binary', { kind: 'random', bytes: 300, binary: true, seed: 1 }, 'buffer'],
    ['long text', { kind: 'random', bytes: 70_000, binary: false, seed: 1 }, 'string'],
    [
      'JSON',
      { kind: 'json', bytes: 700, binary: false, seed: 1 },
      dialect === 'socketio' ? 'object' : 'string',
    ],
  ];

  for (const transport of ['websocket', 'polling'] as const) {
    for (const deflate of ['off', 'no-takeover', 'takeover'] as const) {
      test.each(payloads)(
        `${transport}, deflate ${deflate}: %s comes back byte for byte`,
        async (_, payload, type) => {
          const server = servers[dialect]!;
          server.types.clear();
          const result = await runJob(
            spec(dialect, { payload, deflate, handshake: { ...handshake, transport } }),
            testClient(),
          );
          expectAllCameBack(result, 60);
          expect(result.connections).toMatchObject({ opened: 2, failed: {}, closed: {} });
          expect([...server.types]).toEqual([type]);
          if (deflate !== 'off') expect(result.extensions).toMatch(/^permessage-deflate/);
        },
      );
    }
  }

  test('limit: a message made for one connection comes back too', async () => {
    const { limit } = await runJob(spec(dialect, { load: { kind: 'limit', maxBytes: 300 } }), testClient());
    expect(limit).toEqual({ largestBytes: 300, past: 'none' });
  });

  test('after polling the session runs on WebSocket', async () => {
    const server = servers[dialect]!;
    // The sessions of the test before end later here than there.
    await expect.poll(server.sessions).toBe(0);
    server.transports.length = 0;
    await runJob(spec(dialect, { handshake: { ...handshake, transport: 'polling' } }), testClient());
    await expect.poll(() => server.transports).toEqual(['websocket', 'websocket']);
  });

  test.each(['websocket', 'polling'] as const)(
    '%s: a token that is refused is said with the reason',
    async (transport) => {
      const job = runJob(
        spec(dialect, { handshake: { ...handshake, transport, token: 'wrong' } }),
        testClient(),
      );
      await expect(job).rejects.toThrow(/refused the namespace: not you/);
    },
  );

  test.each(['websocket', 'polling'] as const)(
    '%s: pings are answered while the namespace is not open yet',
    async (transport) => {
      const result = await runJob(
        spec(dialect, { handshake: { ...handshake, transport, token: 'slow' } }),
        testClient(),
      );
      expect(result.connections).toMatchObject({ opened: 2, failed: {} });
    },
  );

  test('pings are answered: the session outlives several ping periods', async () => {
    const idle = {
      kind: 'open',
      ratePerSec: 2,
      over: 'all',
      arrivals: 'constant',
      profile: 'constant',
    } as const;
    const result = await runJob(spec(dialect, { load: idle, durationMs: 1000 }), testClient());
    expect(result.connections.closed).toEqual({});
    expect(result.messages.lost).toBe(0);
  });
});

test("text that JSON escapes is refused for Socket.IO's default parser", async () => {
  const payload = { kind: 'file', path: import.meta.filename, bytes: 2000, binary: false, seed: 1 } as const;
  await expect(runJob(spec('socketio', { payload }), testClient())).rejects.toThrow(/send it with --binary/);
});
