import { expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { noises } from './testing/noise.ts';
import { pOfRatio, unpairedRatio } from './unpaired-ratio.ts';

test('the widths of both sides are added as squares, on the logarithm', () => {
  const of = (center: number, half: number) => ({ center, lo: center / half, hi: center * half });
  const { center, lo, hi } = unpairedRatio(of(6, Math.exp(0.03)), of(3, Math.exp(0.04)));
  expect(center).toBeCloseTo(2, 12);
  expect(Math.log(hi / center)).toBeCloseTo(0.05, 12);
  expect(Math.log(center / lo)).toBeCloseTo(0.05, 12);
});

test('each side widens the end that it could move', () => {
  const { lo, hi } = unpairedRatio({ center: 1, lo: 0.8, hi: 1 }, { center: 1, lo: 1, hi: 1 });
  expect([lo, hi]).toEqual([0.8, 1]);
});

test.each([
  [{ center: 1.1, lo: 1, hi: 1.2 }, 0.05],
  [{ center: 0.9, lo: 0.7, hi: 1 }, 0.05],
  [{ center: 1, lo: 0.9, hi: 1.1 }, 1],
])('%j: p = %f', (ratio, p) => {
  expect(pOfRatio(ratio)).toBeCloseTo(p, 4);
});

test('p is small far from 1, and large near it', () => {
  expect(pOfRatio({ center: 2, lo: 1.8, hi: 2.2 })).toBeLessThan(1e-6);
  expect(pOfRatio({ center: 1.01, lo: 0.8, hi: 1.3 })).toBeGreaterThan(0.9);
});

// The standard error of 1,000 trials is 0.7 points.
test('coverage: of the ratio of two medians of 20 slices each', () => {
  const { t3 } = noises(5);
  const slices = (center: number) => Array.from({ length: 20 }, () => center * Math.exp(0.1 * t3()));
  let held = 0;
  for (let trial = 0; trial < 1000; trial += 1) {
    const { lo, hi } = unpairedRatio(medianInterval(slices(3)), medianInterval(slices(2)));
    if (lo <= 1.5 && 1.5 <= hi) held += 1;
  }
  expect(held / 1000).toBeGreaterThan(0.95);
  expect(held / 1000).toBeLessThan(0.99);
});
