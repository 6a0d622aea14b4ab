import { expect, test } from 'vitest';
import { latencyOfFreeze } from './fault-tests.ts';

test.each([
  [0.95, 500],
  [0.99, 900],
  [0.9, 0],
  [0.5, 0],
  [1, 1000],
])('a freeze of 1 s in 10 s puts quantile %d at %d ms', (quantile, expected) => {
  expect(latencyOfFreeze(quantile, 1000, 10_000)).toBeCloseTo(expected, 6);
});
