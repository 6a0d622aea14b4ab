import type { RunningServer } from '@ws-arena/contract/running-server';
import type { RunningRedis } from '@ws-arena/infra/running-redis';
import { metrics as names } from '@ws-arena/server-interface/metric-names';
import type { Death, Session } from '../measure/session.ts';
import { hasEnded } from './alive.ts';

/** A server asks a Redis that was away each 100 ms, and trusts it 300 ms later; a busy machine makes that more. */
const PATIENCE_MS = 10_000;
const ASK_EACH_MS = 20;

/** A session whose servers have a Redis between them. */
export function overRedis(session: Session, redis: RunningRedis): Session {
  return {
    ...session,
    roles: () => ({ ...session.roles(), redis: [redis.pid] }),
    death: async () => (await redisDeath(redis)) ?? session.death(),
  };
}

/** How Redis ended; undefined while it lives. */
export async function redisDeath(redis: RunningRedis): Promise<Death | undefined> {
  if (!hasEnded(redis.pid)) return undefined;
  const { code, signal } = await redis.exited;
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  return { who: 'redis', sentence: `Redis ${how}` };
}

/** Resolves when Redis carries the rooms of each server. @throws Error when it does not in time. */
export async function redisCarries(servers: readonly RunningServer[]): Promise<void> {
  const up = new RegExp(`^${names.redisUp.name} 1$`, 'm');
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (const { httpUrl } of servers) {
    while (!up.test(await (await fetch(`${httpUrl}/metrics`)).text())) {
      if (performance.now() > deadlineMs)
        throw new Error(`a server did not find Redis within ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, ASK_EACH_MS));
    }
  }
}
