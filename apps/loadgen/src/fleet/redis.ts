import { redactedUrl } from '@ws-arena/load/redacted';
import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 5000;
const MAX_RETRY_DELAY_MS = 500;

/**
 * A connection to the Redis at `url`, `redis://` or `rediss://`. Once open, it comes back when Redis does, and commands wait
 * for it meanwhile, until `closed`.
 * @throws Error in one sentence, without the URL's password, when Redis is not there or refuses.
 */
export async function connectRedis(url: string, closed: AbortSignal): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // BullMQ asks for it: a command waits for Redis however long it takes.
    maxRetriesPerRequest: null,
    // BullMQ copies it for connections of its own.
    retryStrategy: (times) => (closed.aborted ? null : Math.min(times * 50, MAX_RETRY_DELAY_MS)),
  });
  let reason = '';
  const failed = new Promise<never>((_, reject) => {
    redis.once('error', (error: Error) => {
      reason = error.message;
      reject(error);
    });
  });
  try {
    await Promise.race([failed, redis.connect().then(() => redis.ping())]);
  } catch (cause) {
    redis.disconnect();
    // A rejected command or password comes beside the event; the event says why.
    throw new Error(`Redis at ${redactedUrl(url)} cannot be used: ${reason || (cause as Error).message}`);
  }
  failed.catch(() => {});
  // It reconnects by itself; what waits for it has bounds of its own.
  redis.on('error', () => {});
  closed.addEventListener('abort', () => redis.disconnect());
  return redis;
}
