import { startRedis } from '@ws-arena/infra/running-redis';
import { redisHere } from '@ws-arena/infra/testing/redis-here';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { testClient } from '../testing/test-client.ts';
import { FleetRun } from './fleet-run.ts';
import { Mailbox } from './mailbox.ts';
import { agentBox, coordinatorBox, type FromAgent, type ToAgent } from './messages.ts';
import { connectRedis } from './redis.ts';

test('an order is said again, for Redis may lose one', { timeout: 60_000 }, async ({
  skip,
  onTestFinished,
}) => {
  if (!redisHere) return skip('orders of a fleet: no redis-server is here, and none could be fetched');
  const server = await startRedis();
  const closed = new AbortController();
  const redis = await connectRedis(server.url, closed.signal);
  onTestFinished(async () => {
    closed.abort();
    await server.stop();
  });
  const options = { redisUrl: server.url, agents: 1, waitMs: 60_000, clockBoundMs: 50 };
  const run = new FleetRun(redis, 'x', testClient(), options);
  const agent = { part: 0, name: 'a', descriptors: 1000, clockAheadMs: 0, roundTripMs: 0 };
  const inbox = new Mailbox<ToAgent>(redis, agentBox({ run: 'x', part: 0 }));
  const kinds: string[] = [];
  inbox.listen(({ kind }) => kinds.push(kind));
  const coordinator = new Mailbox<FromAgent>(redis, coordinatorBox('x'));
  coordinator.post({ kind: 'joined', ...agent });
  await run.gather();
  run.hand([{ kind: 'job', spec: defaultSpec, files: {}, share: { first: 0, count: 1, of: 1 } }]);
  const jobs = () => kinds.filter((kind) => kind === 'job').length;
  await expect.poll(jobs, { timeout: 30_000 }).toBeGreaterThan(1);
  await run.end();
  await inbox.remove();
  await coordinator.close();
});
