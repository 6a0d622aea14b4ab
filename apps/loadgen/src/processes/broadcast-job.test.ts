import { setTimeout } from 'node:timers/promises';
import { decodeHistogram } from '@ws-arena/load/histogram';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { nowNs } from '../schedule/clock.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';
import type { Control } from './control.ts';
import { endWorkers, runJob } from './job.ts';
import { runProcess } from './process-job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

/** Much later than the last message of the test that uses it. */
const LATE_MS = 1500;

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

test('the whole rate is sent, and a process that has its schedule after the last message counts them all, with the times at which they came', async () => {
  stub = await startStub({ rooms: 1 });
  const spec: LoadSpec = {
    ...defaultSpec,
    urls: [stub.url],
    connections: 8,
    load: { kind: 'broadcast', ratePerSec: 200 },
    durationMs: 400,
    drainMs: 10_000,
    processes: 2,
  };
  const all = Promise.withResolvers<void>();
  let connected = 0;
  let schedule: ReturnType<typeof scheduleOf> | undefined;
  const control = (worker: number): Control => ({
    ...{ worker, workers: 2, stop: new AbortController().signal },
    async connected() {
      if (++connected === 2) all.resolve();
      await all.promise;
      schedule ??= scheduleOf(spec, nowNs(), spec.connections);
      if (worker === 1) await setTimeout(LATE_MS);
      return schedule;
    },
    held: async () => {},
    over: async () => {},
    measuring() {},
    measured() {},
  });
  const [sender, late] = await Promise.all([0, 1].map((worker) => runProcess(spec, control(worker))));
  const { offered, sent, delivered } = sender!.result.messages;
  expect(offered).toBe(80);
  expect(delivered).toBe(sent * 4);
  expect(late!.result.messages.delivered).toBe(sent * 4);
  const { minNonZeroValue } = decodeHistogram(late!.result.latencyIntended!);
  expect(minNonZeroValue / 1e6).toBeLessThan(LATE_MS - spec.durationMs);
});
