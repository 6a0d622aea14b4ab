import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';
import { endWorkers, runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let stub: StubServer;
afterEach(async () => {
  await endWorkers();
  await stub.stop();
});

test.each([1, 2, 3])(
  'six rooms in %i processes: each room gets its part of the messages',
  async (processes) => {
    stub = await startStub({ rooms: 1 });
    const spec: LoadSpec = {
      ...defaultSpec,
      urls: [stub.url, stub.url.replace('127.0.0.1', 'localhost')],
      connections: 24,
      load: { kind: 'broadcast', ratePerSec: 300, rooms: 6 },
      durationMs: 200,
      drainMs: 10_000,
      processes,
    };
    const { messages } = await runJob(spec, testClient());
    expect(messages).toMatchObject({
      offered: messages.sent,
      expected: messages.sent * 4,
      delivered: messages.sent * 4,
      lost: 0,
    });
  },
);

test.each([
  [1, 200],
  [2, 200],
  [1, 0],
])(
  'two rooms in %i processes at %i messages a second: every member of a room gets its messages',
  async (processes, ratePerSec) => {
    stub = await startStub({ rooms: 1 });
    const spec: LoadSpec = {
      ...defaultSpec,
      urls: [`${stub.url}?room=a`, `${stub.url}?room=b`],
      connections: 8,
      load: { kind: 'broadcast', ratePerSec },
      durationMs: 200,
      drainMs: 10_000,
      processes,
    };
    const { messages, latencyLast } = await runJob(spec, testClient());
    expect(messages.sent).toBeGreaterThan(1);
    expect(messages).toMatchObject({
      expected: messages.sent * 4,
      delivered: messages.sent * 4,
      lost: 0,
      corrupted: 0,
    });
    expect(latencyLast).toBeDefined();
  },
);
