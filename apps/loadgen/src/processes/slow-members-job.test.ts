import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { afterEach, expect, test, vi } from 'vitest';
import { type StubServer, startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';
import { runJob } from './job.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

let stub: StubServer;
afterEach(() => stub.stop());

const SLOW = 2;
const PAYLOAD_BYTES = 64 * 1024;

const job = (reads: 'nothing' | 'trickle' | 'bursts'): LoadSpec => ({
  ...defaultSpec,
  urls: [stub.url],
  connections: 3,
  load: { kind: 'broadcast', ratePerSec: 100, slow: { members: SLOW, reads } },
  payload: { ...defaultSpec.payload, bytes: PAYLOAD_BYTES },
  durationMs: 2500,
  drainMs: 10_000,
});

test.each(['nothing', 'trickle', 'bursts'] as const)(
  'members that read %s hold nobody up, and get what waited for them when they read again',
  async (reads) => {
    stub = await startStub({ rooms: 1 });
    const client = testClient();
    // At the end of the window bytes wait for those that did not read them.
    let waiting = 0;
    const { emit } = client;
    client.emit = (event) => {
      emit(event);
      if (event.event === 'measured') waiting = stub.waitingBytes();
    };
    const { messages, slow } = await runJob(job(reads), client);
    expect(messages).toMatchObject({ delivered: messages.sent * 3, lost: 0 });
    expect(slow).toEqual({ members: SLOW, got: messages.sent * SLOW, dropped: 0, ended: 0 });
    // What the kernel takes of a connection is far below the 16 MB that each was sent.
    if (reads !== 'bursts') expect(waiting).toBeGreaterThan(PAYLOAD_BYTES);
  },
);

test('what a server drops in silence is counted', async () => {
  stub = await startStub({ rooms: 1, dropOneIn: 10 });
  const { slow, messages } = await runJob({ ...job('bursts'), drainMs: 1000 }, testClient());
  // Dropped for all members alike; the last of them may have no later one.
  expect(slow!.dropped).toBeGreaterThanOrEqual((stub.counts.dropped - 1) * SLOW);
  expect(slow!.got).toBe((messages.sent - stub.counts.dropped) * SLOW);
});
