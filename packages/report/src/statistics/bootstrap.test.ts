import { describe, expect, test } from 'vitest';
import { medianInterval, rangeCoverage, ratioInterval } from './bootstrap.ts';
import { median } from './median.ts';
import { seededRandom } from './random.ts';

const d = [1.2, 3.4, 2.2, 5.1, 2.9, 3.3, 4.0, 2.5, 3.1, 2.7];
const e = [2.2, 4.4, 3.5, 6.1, 3.9, 4.3, 5.2, 3.5, 4.1, 3.8];

// scipy 1.17.1 `bootstrap((d,), np.median, method='percentile', n_resamples=200000)`: 2.45 to 3.65. A bootstrap of a
// median moves in steps from value to value, so with 1,000 resamples a bound may land on the neighbouring step.
test('the interval of a median agrees with scipy', () => {
  const { center, lo, hi } = medianInterval(d);
  expect(center).toBe(3);
  expect(Math.abs(lo - 2.45)).toBeLessThan(0.12);
  expect(Math.abs(hi - 3.65)).toBeLessThan(0.12);
});

// scipy 1.17.1 `bootstrap((e, d), median ratio, method='percentile', n_resamples=200000)`: 1.0769 to 1.72.
test('the interval of a ratio agrees with scipy', () => {
  const { center, lo, hi } = ratioInterval(e, d);
  expect(center).toBeCloseTo(4 / 3, 12);
  expect(Math.abs(lo - 1.0769)).toBeLessThan(0.04);
  expect(Math.abs(hi - 1.72)).toBeLessThan(0.06);
});

test('the same values in another order give the same interval', () => {
  expect(medianInterval([...d].reverse())).toEqual(medianInterval(d));
});

describe('too few values for an interval', () => {
  test('the range stands in', () => {
    expect(medianInterval([5, 1, 2])).toEqual({ center: 2, lo: 1, hi: 5 });
    expect(medianInterval([7])).toEqual({ center: 7, lo: 7, hi: 7 });
    expect(ratioInterval([4, 6, 5], [1, 2, 2])).toEqual({ center: 2.5, lo: 2, hi: 6 });
  });

  test.each([
    [3, 0.75],
    [5, 0.9375],
    [6, 0.96875],
  ])('a range of %i covers the median with probability %f', (n, coverage) => {
    expect(rangeCoverage(n)).toBe(coverage);
  });
});

test('of 10 values from a skewed distribution, the interval holds its median about 95 times in 100', () => {
  const random = seededRandom(42);
  const trueMedian = Math.LN2;
  let held = 0;
  for (let trial = 0; trial < 1000; trial += 1) {
    const { lo, hi } = medianInterval(Array.from({ length: 10 }, () => -Math.log(1 - random())));
    if (lo <= trueMedian && trueMedian <= hi) held += 1;
  }
  expect(held).toBeGreaterThan(900);
  expect(held).toBeLessThan(980);
});

test('a median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('seeded numbers are spread evenly and repeat', () => {
  const random = seededRandom(1);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) tenths[Math.floor(random() * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120);
  expect(seededRandom(9)()).toBe(seededRandom(9)());
});
