import { expect, test } from 'vitest';
import { nowNs } from '../schedule/clock.ts';
import { clockRefusal, readRedisClock } from './redis-clock.ts';

test('a Redis whose clock is 2 s behind: this one is as much ahead, and times are those of Redis', async () => {
  const { aheadMs, roundTripMs, nowMs, toNs } = await readRedisClock({
    time: async () => {
      const ms = Date.now() - 2000;
      return [Math.floor(ms / 1000), (ms % 1000) * 1000];
    },
  });
  // The clock is read in whole milliseconds.
  expect(Math.abs(aheadMs - 2000)).toBeLessThan(2 + roundTripMs);
  expect((toNs(nowMs() + 500) - nowNs()) / 1e6).toBeCloseTo(500, -2);
  expect(Math.abs(Date.now() - nowMs() - 2000)).toBeLessThan(50 + roundTripMs);
});

const clock = (aheadMs: number, roundTripMs: number) => ({
  aheadMs,
  roundTripMs,
  toNs: () => 0,
  nowMs: () => 0,
});

test.each([
  [2000.04, 1, 'its clock is 2000.0 ms ahead of that of Redis; at most 50 ms are allowed'],
  [-50.3, 1, 'its clock is 50.3 ms behind that of Redis; at most 50 ms are allowed'],
  [
    0,
    120,
    'its clock cannot be compared with that of Redis: a round trip takes 120.0 ms; at most 100 ms are allowed',
  ],
  [49.9, 100, undefined],
  [-49.9, 0.2, undefined],
])('%f ms ahead, read with a round trip of %f ms: %s', (aheadMs, roundTripMs, refusal) => {
  expect(clockRefusal(clock(aheadMs, roundTripMs), 50)).toBe(refusal);
});
