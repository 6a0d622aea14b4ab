import { expect, test } from 'vitest';
import { leastOf } from './handicap.ts';

test.each([
  // 10 tries of 0.9: 6 or fewer in 1.3 %, 5 or fewer in 0.16 %.
  [10, 0.9, 6],
  // 20 tries of 0.95: 16 or fewer in 1.6 %, 15 or fewer in 0.26 %.
  [20, 0.95, 16],
  [1, 0.5, 0],
])('of %i tries that succeed with %f each, at least %i do, but for one time in a hundred', (n, p, least) => {
  expect(leastOf(n, p)).toBe(least);
});
