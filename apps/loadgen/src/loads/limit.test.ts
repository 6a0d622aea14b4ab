// The search for the largest message, on servers that give no answer to it.
import { defaultSpec } from '@ws-arena/load/load-spec';
import { expect, test, vi } from 'vitest';
import { runJob } from '../processes/job.ts';
import type { StubBehaviour } from '../testing/stub-behaviour.ts';
import { startStub } from '../testing/stub-server.ts';
import { testClient } from '../testing/test-client.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 60_000 });

async function searched(behaviour: Partial<StubBehaviour>, maxBytes = 1000) {
  const stub = await startStub(behaviour);
  const load = { kind: 'limit', maxBytes } as const;
  const spec = { ...defaultSpec, urls: [stub.url], warmupMs: 0, drainMs: 500, load };
  const { connections, limit } = await runJob(spec, testClient()).finally(() => stub.stop());
  return { opened: connections.opened, failed: connections.failed, limit };
}

test('a mute server is asked for one byte, once', async () => {
  expect(await searched({ dropOneIn: 1 })).toEqual({
    ...{ opened: 1, failed: {} },
    limit: { largestBytes: 0, past: 'nothing' },
  });
});

test('a connection that is refused ends the search, and is no size that was too large', async () => {
  const { opened, failed, limit } = await searched({ acceptFirst: 2, dropOneIn: 2 });
  expect([opened, Object.values(failed)]).toEqual([2, [1]]);
  expect(limit).toEqual({ largestBytes: 1, past: 'nothing' });
});

test.each([1, 2, 1000])('all of %i bytes pass', async (maxBytes) => {
  expect(await searched({}, maxBytes)).toMatchObject({
    failed: {},
    limit: { largestBytes: maxBytes, past: 'none' },
  });
});
