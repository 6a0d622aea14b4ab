// The rows of the contract that need a Redis.
import { assertRows } from '@ws-arena/contract/suite/assert-rows';
import { redisRows } from '@ws-arena/contract/suite/rows/redis';
import { test, vi } from 'vitest';
import { startRedis } from './running-redis.ts';
import { redisHere } from './testing/redis-here.ts';

// Generous: a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

if (redisHere) await assertRows(redisRows, 2, startRedis);
else
  test('rooms over Redis', ({ skip }) =>
    skip('rooms over Redis: no redis-server is here, and none could be fetched'));
