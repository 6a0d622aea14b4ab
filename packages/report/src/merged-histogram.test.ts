import { bucketNs, bucketOf, sparse } from '@ws-arena/load/buckets';
import { expect, test } from 'vitest';
import { MergedHistogram } from './merged-histogram.ts';
import { sliceOf } from './testdata/slice.ts';

const of = (...counts: [number, number][]) => sliceOf({ load: { intended: sparse(new Map(counts)) } });

test.each([
  [0.1, 1],
  [0.11, 2],
  [0.5, 2],
  [0.51, 3],
  [0.7, 3],
  [0.9, 4],
  [0.91, 9],
  [1, 9],
])('%f of 10 values in three slices: %i', (quantile, value) => {
  const merged = new MergedHistogram([of([3, 2], [1, 1]), of([2, 4]), of([9, 1], [4, 2])], 'intended');
  expect(merged.total).toBe(10);
  expect(merged.quantileNs(quantile)).toBe(value);
});

test('long durations are known to 1.6 per cent', () => {
  const merged = new MergedHistogram([of([bucketOf(12_345_678), 5])], 'intended');
  expect(merged.quantileNs(0.5)).toBe(bucketNs(bucketOf(12_345_678)));
  expect(Math.abs(merged.quantileNs(0.5) / 12_345_678 - 1)).toBeLessThan(0.016);
});

test('slices without the histogram have no quantile', () => {
  const merged = new MergedHistogram([sliceOf(), {}], 'lastMember');
  expect(merged.total).toBe(0);
  expect(merged.quantileNs(0.5)).toBeNaN();
});
