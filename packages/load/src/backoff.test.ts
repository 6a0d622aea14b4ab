import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const HIGHEST = 1 - 2 ** -53;

test.each([
  ['full-jitter', 0, [0, 1000]],
  ['full-jitter', 2, [0, 4000]],
  ['full-jitter', 9, [0, 5000]],
  ['socketio', 0, [500, 1500]],
  ['socketio', 1, [1000, 3000]],
  ['socketio', 9, [5000, 5000]],
] as const)('%s: attempt %i waits between %j ms', (kind, attempt, [least, most]) => {
  const backoff = { kind, windowMs: 1000, maxMs: 5000 };
  expect(backoffMs(backoff, attempt, 0)).toBe(least);
  expect(backoffMs(backoff, attempt, HIGHEST)).toBeCloseTo(most);
});
