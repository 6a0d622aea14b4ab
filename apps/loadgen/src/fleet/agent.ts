import { setTimeout as delay } from 'node:timers/promises';
import { redactedUrl } from '@ws-arena/load/redacted';
import { type Job, Worker } from 'bullmq';
import { WorkerPool } from '../processes/worker-pool.ts';
import { type AgentOptions, AgentTurn } from './agent-turn.ts';
import { KEY_PREFIX, RETRY_MS } from './mailbox.ts';
import { AGENT_QUEUE, type Part } from './messages.ts';
import { connectRedis } from './redis.ts';

/**
 * Takes part in one run after the other, until `stop`.
 * @throws Error in one sentence when Redis cannot be used.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { redisUrl, name, stop, say } = options;
  const redis = await connectRedis(redisUrl);
  // Parts are taken one by one, and not put back when their agent dies.
  const parts = new Worker<Part, void>(AGENT_QUEUE, null, {
    connection: redis,
    prefix: KEY_PREFIX,
    autorun: false,
    name,
    skipStalledCheck: true,
    skipLockRenewal: true,
  });
  parts.on('error', () => {});
  const end = () => void parts.close(true);
  stop.addEventListener('abort', end);
  const pool = new WorkerPool();
  say(`agent ${name} waits for runs at ${redactedUrl(redisUrl)}`);
  try {
    while (!stop.aborted) {
      const part = await take(parts, name);
      if (part) await new AgentTurn(redis, pool, part, options).take();
    }
  } finally {
    stop.removeEventListener('abort', end);
    await pool.close();
    redis.disconnect();
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
