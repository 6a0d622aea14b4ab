import { expect, test } from 'vitest';
import { clockRefusal } from './redis-clock.ts';

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
