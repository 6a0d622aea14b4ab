import { expect, test } from 'vitest';
import { scaled, scaledCenter, spread, times } from './scale.ts';

test.each([
  [1_020_000, '1/s', '1.02M/s'],
  [124_400, '1/s', '124k/s'],
  [999_600, '1/s', '1M/s'],
  [0.5, '1/s', '0.5/s'],
  [5900, 'ns', '5.9 µs'],
  [976, 'ns', '976 ns'],
  [2_345_678, 'ns', '2.35 ms'],
  [3.6e12, 'ns', '3600 s'],
  [8000, 'B', '7.81 KiB'],
  [65_536, 'B', '64 KiB'],
  [1020, 'B', '1020 B'],
  [-300, 'B', '-300 B'],
  [0.3104, '1', '0.31'],
  [0, '1', '0'],
  [Number.NaN, 'ns', '–'],
])('%f %s is printed as %s', (value, unit, text) => {
  expect(scaled(value, unit)).toBe(text);
});

test('a figure that the generator limited is a lower bound', () => {
  const estimate = { center: 170_000, lo: 165_000, hi: 173_000, n: 5 };
  expect(scaledCenter({ estimate, unit: '1/s', limiter: 'generator' })).toBe('≥ 170k/s');
  expect(scaledCenter({ estimate, unit: '1/s', limiter: 'server' })).toBe('170k/s');
});

test.each([
  [{ center: 100, lo: 97, hi: 101, n: 5 }, '± 3 %'],
  [{ center: 100, lo: 99.6, hi: 100, n: 5 }, '± 0.4 %'],
  [{ center: 100, lo: 80, hi: 112.4, n: 5 }, '± 20 %'],
  [{ center: 100, lo: 100, hi: 100, n: 1 }, ''],
  [{ center: 0, lo: 0, hi: 0, n: 5 }, ''],
])('%j spreads %s', (estimate, text) => {
  expect(spread(estimate)).toBe(text);
});

test.each([
  [8.371, '8.37×'],
  [0.1, '10×'],
  [1, '1×'],
  [0, '–'],
])('a ratio of %f is %s', (ratio, text) => {
  expect(times(ratio)).toBe(text);
});
