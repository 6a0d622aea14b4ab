import { type RedisBinary, RedisUnavailable, redisBinary } from '../redis-binary.ts';

/** The Redis that tests run on, or undefined where none can be had: then its tests do not run, and the reason is printed. */
export const redisHere: RedisBinary | undefined = await redisBinary().catch((error: unknown) => {
  if (!(error instanceof RedisUnavailable)) throw error;
  console.warn(`skipped: a real Redis: ${error.message}`);
  return undefined;
});
