import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { targets } from '@ws-arena/contract/targets';
import { defaultSpec, type LoadSpec, type PayloadSpec } from '@ws-arena/load/load-spec';
import { Server } from 'socket.io';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectAllCameBack } from '../testing/all-came-back.ts';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const open = {
  kind: 'open',
  ratePerSec: 500,
  over: 'all',
  arrivals: 'constant',
  profile: 'constant',
} as const;

function ackSpec(url: string, dialect: LoadSpec['dialect'], values: Partial<LoadSpec>): LoadSpec {
  const job = { connections: 2, load: open, durationMs: 120, verify: true, acks: true };
  return { ...defaultSpec, urls: [url], dialect, ...job, ...values };
}

const payloads: readonly [string, PayloadSpec][] = [
  ['text', { kind: 'random', bytes: 64, binary: false, seed: 1 }],
  ['long text', { kind: 'random', bytes: 40_000, binary: false, seed: 1 }],
  ['binary', { kind: 'random', bytes: 300, binary: true, seed: 1 }],
  ['JSON', { kind: 'json', bytes: 700, binary: false, seed: 1 }],
];

describe.each(['socketio', 'socketio-msgpack'])('the server of %s', (name) => {
  const dialect = name === 'socketio-msgpack' ? name : 'socketio';
  let server: RunningServer;
  beforeAll(async () => {
    const config = parseConfig({ port: 0, deflateLevel: 6 });
    server = await startServer(targets.find((target) => target.name === name)!, config);
  });
  afterAll(() => server.stop());

  for (const deflate of ['off', 'no-takeover'] as const) {
    test.each(payloads)(`deflate ${deflate}: %s comes back in its acknowledgement`, async (_, payload) => {
      const result = await runJob(ackSpec(server.url, dialect, { payload, deflate }), testClient());
      expectAllCameBack(result, 60);
      if (deflate !== 'off') expect(result.extensions).toMatch(/^permessage-deflate/);
    });
  }

  test.each([true, false])('too short for a sequence number (binary %s): the id is one', async (binary) => {
    const payload = { kind: 'random', bytes: 3, binary, seed: 1 } as const;
    const load = { kind: 'closed', window: 4 } as const;
    const { messages } = await runJob(ackSpec(server.url, dialect, { payload, load }), testClient());
    expect(messages.sent).toBeGreaterThan(0);
    expect(messages).toMatchObject({ delivered: messages.sent, lost: 0, corrupted: 0, reordered: 0 });
  });
});

describe('a server that does something else', () => {
  type Acknowledge = (data: unknown) => void;
  const held = new Map<string, { data: unknown; acknowledge: Acknowledge }>();
  const answers: Record<string, (socket: Answering, data: unknown, acknowledge: Acknowledge) => void> = {
    events: (socket, data) => socket.emit('message', data),
    swapped: (socket, data, acknowledge) => {
      const other = held.get(socket.id);
      held.delete(socket.id);
      if (!other) held.set(socket.id, { data, acknowledge });
      else {
        acknowledge(other.data);
        other.acknowledge(data);
      }
    },
    late: (socket, data, acknowledge) => {
      const other = held.get(socket.id);
      held.delete(socket.id);
      if (!other) held.set(socket.id, { data, acknowledge });
      else {
        acknowledge(data);
        other.acknowledge(other.data);
      }
    },
  };
  interface Answering {
    readonly id: string;
    emit(event: string, data: unknown): void;
  }

  async function load(how: string, binary: boolean) {
    const http = createServer();
    const io = new Server(http, { path: '/ws-notifications', addTrailingSlash: false });
    io.on('connection', (socket) => {
      socket.on('message', (data: unknown, acknowledge: Acknowledge) =>
        answers[how]!(socket, data, acknowledge),
      );
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const url = `ws://127.0.0.1:${port}/ws-notifications`;
    const payload = { kind: 'random', bytes: 64, binary, seed: 1 } as const;
    try {
      const values = { payload, connections: 1, drainMs: 200 };
      return (await runJob(ackSpec(url, 'socketio', values), testClient())).messages;
    } finally {
      await io.close();
    }
  }

  test.each([true, false])('events for acknowledgements are losses (binary %s)', async (binary) => {
    const messages = await load('events', binary);
    expect(messages.sent).toBeGreaterThan(0);
    expect(messages).toMatchObject({ delivered: 0, lost: messages.sent });
  });

  test.each([true, false])('a message under the id of another is corrupted (binary %s)', async (binary) => {
    const messages = await load('swapped', binary);
    expect(messages.corrupted).toBeGreaterThanOrEqual(messages.sent - 1);
    expect(messages.delivered).toBe(0);
  });

  test('every second acknowledgement after its successor: reordered', async () => {
    const messages = await load('late', false);
    const pairs = Math.floor(messages.sent / 2);
    expect(messages).toMatchObject({ reordered: pairs, lost: messages.sent % 2, corrupted: 0 });
  });
});
