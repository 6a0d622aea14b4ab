import { expect, test } from 'vitest';
import { signedRankP } from './signed-rank.ts';

// scipy 1.17.1 `wilcoxon(x, method='exact')` on values with this statistic.
test.each([
  [6, 0, 0.03125],
  [6, 3, 0.15625],
  [8, 3, 0.0390625],
  [10, 8, 0.048828125],
  [12, 13, 0.04248046875],
  [15, 25, 0.04791259765625],
])('exact: %i values, statistic %i', (n, statistic, p) => {
  expect(signedRankP(n, statistic)).toBeCloseTo(p, 14);
  expect(signedRankP(n, (n * (n + 1)) / 2 - statistic)).toBeCloseTo(p, 14);
});

// scipy 1.17.1 `wilcoxon(x, method='asymptotic', correction=True)`.
test.each([
  [16, 29, 0.046504242464804016],
  [20, 52, 0.04999986301138254],
  [50, 434, 0.05004074002460719],
  [100, 2000, 0.07132520098230322],
])('normal: %i values, statistic %i', (n, statistic, p) => {
  expect(signedRankP(n, statistic) / p).toBeCloseTo(1, 6);
});

test('in the middle p is 1', () => {
  expect(signedRankP(7, 14)).toBe(1);
  expect(signedRankP(400, 40_100)).toBe(1);
});
