import { describe, expect, test } from 'vitest';
import { mannWhitney, smallestP } from './mann-whitney.ts';

const range = (n: number, value: (i: number) => number) => Array.from({ length: n }, (_, i) => value(i));

// p of the untied rows: scipy 1.17.1 `mannwhitneyu(a, b, method='exact')`, which agrees with R's `wilcox.test`; the
// fourth row is the example of R's help page (Hollander and Wolfe 1973, permeability: W = 35, one-sided p = 0.1272).
// p of the tied rows: scipy 1.17.1 `mannwhitneyu(a, b, method=PermutationMethod())`, every permutation counted.
const exact: [a: number[], b: number[], u: number, p: number][] = [
  [[1, 2, 3], [4, 5, 6], 0, 0.1],
  [[1, 2, 3, 4], [5, 6, 7, 8], 0, 0.02857142857142857],
  [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0, 0.007936507936507936],
  [
    [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
    [1.15, 0.88, 0.9, 0.74, 1.21],
    35,
    0.2544122544122544,
  ],
  [[19, 22, 16, 29, 24], [20, 11, 17, 12], 17, 0.1111111111111111],
  [
    [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
    [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
    58,
    0.12990538872891813,
  ],
  [[1, 1, 2, 3, 3], [2, 3, 3, 4, 5, 5], 4.5, 0.0735930735930736],
  [[5, 5, 5, 5], [5, 5, 5, 6], 6, 1],
  [[1, 2, 2, 2, 7], [2, 2, 3], 6, 0.9285714285714286],
  [[0, 0, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 3, 1, 0, 2, 0, 1, 0, 4], 28.5, 0.07585139318885449],
  // aclements/go-moremath stats/utest_test.go at 1c145d5, the test behind benchstat.
  [[2, 1, 3, 5], [0, 4, 6, 7], 5, 0.48571428571428577],
  [[2, 1, 3, 5], [2, 2, 2, 2], 10, 0.7142857142857143],
];

test.each(exact)('%j against %j', (a, b, u, p) => {
  const one = mannWhitney(a, b);
  expect(one.u).toBe(u);
  expect(one.p).toBeCloseTo(p, 10);
  expect(one.exact).toBe(true);
  expect(mannWhitney(b, a).p).toBeCloseTo(p, 10);
});

describe('large samples', () => {
  // R's wilcox.test, as recorded in aclements/go-moremath stats/utest_test.go at 1c145d5.
  const l1 = range(500, (i) => i * 2);
  const l2 = range(600, (i) => i * 2 - 41);
  const l3 = l2.map((value, i) => (i < 30 ? l1[i]! : value));
  // scipy 1.17.1 `mannwhitneyu(a, b, method='asymptotic')`.
  const s1 = range(30, (i) => i * 2);
  const s2 = range(30, (i) => i * 3 + 9);
  const t1 = range(40, (i) => i % 7);
  const t2 = range(30, (i) => (i % 7) + (i % 3 === 0 ? 1 : 0));

  test.each([
    [l1, l2, 135_250, 0.0049335360814172224],
    [l1, l3, 134_845, 0.0038703814239617884],
    [s1, s2, 221, 0.0007285149525941881],
    [t1, t2, 556.5, 0.6062927733897054],
  ])('#%# by the normal approximation', (a, b, u, p) => {
    const one = mannWhitney(a, b);
    expect(one.u).toBe(u);
    expect(one.exact).toBe(false);
    expect(one.p / p).toBeCloseTo(1, 5);
  });
});

test('equal samples show no difference', () => {
  expect(mannWhitney([3, 1, 2], [1, 2, 3]).p).toBe(1);
  expect(mannWhitney([4, 4], [4, 4, 4]).p).toBe(1);
});

test('an empty sample is refused', () => {
  expect(() => mannWhitney([], [1])).toThrow('needs a value on each side; got 0 and 1');
});

// golang/perf benchmath/anone.go, uTestMinP.
test.each([
  [1, 1],
  [2, 0.3333333333333333],
  [3, 0.1],
  [4, 0.02857142857142857],
  [5, 0.007936507936507936],
  [9, 4.113533525298231e-5],
])('the smallest p of %i against as many is %f', (n, p) => {
  expect(smallestP(n, n)).toBeCloseTo(p, 12);
});
