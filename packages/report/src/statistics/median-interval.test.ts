import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { noises } from './testing/noise.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

// The formula of Hettmansperger and Sheather with the binomial of scipy 1.17.1.
test.each<[values: number[], center: number, lo: number, hi: number]>([
  [[1.2, 3.4, 2.2, 5.1, 2.9, 3.3, 4.0, 2.5, 3.1, 2.7], 3, 2.3972972972972975, 3.605405405405405],
  [upTo(6), 3.5, 1.3571428571428577, 5.642857142857142],
  [upTo(7), 4, 1.7333333333333336, 6.266666666666667],
  [upTo(9), 5, 2.227906976744187, 7.772093023255813],
  [upTo(50), 25.5, 18.67173751436216, 32.32826248563784],
  [upTo(400), 200.5, 180.91986219915435, 220.08013780084565],
  [upTo(3000), 1500.5, 1446.8335026, 1554.1664974],
])('#%#', (values, center, lo, hi) => {
  const got = medianInterval(values);
  expect(got.center).toBeCloseTo(center, 10);
  expect(got.lo).toBeCloseTo(lo, 7);
  expect(got.hi).toBeCloseTo(hi, 7);
  expect(medianInterval([...values].reverse())).toEqual(got);
});

test('below 6 values there is no interval', () => {
  const none = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  expect(medianInterval(upTo(5))).toEqual({ center: 3, ...none });
  expect(medianInterval([])).toEqual({ center: Number.NaN, ...none });
});

// The full table is in docs/method.md, from coverage-main.ts. The standard error of 3000 trials is 0.4 points.
describe('coverage', () => {
  const { normal, exponential, t2 } = noises(23);
  test.each([
    ['normal', 6, normal, 0],
    ['exponential', 9, exponential, Math.LN2],
    ['t with 2 degrees of freedom', 40, t2, 0],
  ])('%s, %i values', (_kind, n, noise, truth) => {
    let held = 0;
    for (let trial = 0; trial < 3000; trial += 1) {
      const { lo, hi } = medianInterval(Array.from({ length: n }, noise));
      if (lo <= truth && truth <= hi) held += 1;
    }
    expect(held / 3000).toBeGreaterThan(0.94);
    expect(held / 3000).toBeLessThan(0.96);
  });
});
