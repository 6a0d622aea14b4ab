import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { redactedUrl } from '@ws-arena/load/redacted';
import { type Job, Worker } from 'bullmq';
import { WorkerPool } from '../processes/worker-pool.ts';
import { type AgentOptions, AgentTurn } from './agent-turn.ts';
import { DRAIN_S, KEY_PREFIX, RETRY_MS } from './mailbox.ts';
import { AGENT_QUEUE, type Part } from './messages.ts';
import { connectRedis } from './redis.ts';

/** Between the order to end and the end, at most, in milliseconds. */
const END_MS = 2000;

/**
 * Takes part in one run after the other, until `stop`.
 * @throws Error in one sentence when Redis cannot be used.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { redisUrl, name, stop, say } = options;
  const closed = new AbortController();
  const redis = await connectRedis(redisUrl, closed.signal);
  // Parts are taken one by one, and not put back when their agent dies.
  const parts = new Worker<Part, void>(AGENT_QUEUE, null, {
    connection: redis,
    prefix: KEY_PREFIX,
    autorun: false,
    name,
    drainDelay: DRAIN_S,
    skipStalledCheck: true,
    skipLockRenewal: true,
  });
  parts.on('error', () => {});
  const close = () => parts.close(true).catch(() => {});
  stop.addEventListener('abort', close);
  // Redis may be away: what is still to be told is given a moment.
  const ended = once(stop, 'abort').then(() => delay(END_MS, undefined, { ref: false }));
  const pool = new WorkerPool();
  say(`agent ${name} waits for runs at ${redactedUrl(redisUrl)}`);
  try {
    while (!stop.aborted) {
      const part = await Promise.race([take(parts, name), ended]);
      if (part) await Promise.race([new AgentTurn(redis, pool, part, options).take(), ended]);
    }
  } finally {
    await pool.close();
    await Promise.race([close(), ended]);
    closed.abort();
  }
}

/** The next part, or undefined when there was none for some seconds. */
async function take(parts: Worker<Part, void>, token: string): Promise<Part | undefined> {
  try {
    const job: Job<Part, void> | undefined = await parts.getNextJob(token);
    await job?.moveToCompleted(undefined, token, false);
    return job?.data;
  } catch {
    // Redis is away, or the part was withdrawn.
    await delay(RETRY_MS);
    return undefined;
  }
}
