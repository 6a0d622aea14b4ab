import { decodeHistogram, emptyHistogram, encodeHistogram, mergeHistograms } from '@ws-arena/load/histogram';
import { expect, test } from 'vitest';
import { mergeSparse, quantileOf, readHistogram } from './sparse-histogram.ts';
import { seededRandom } from './statistics/random.ts';

const quantiles = [0.001, 0.5, 0.9, 0.99, 0.999, 1];

function recorded(seed: number, count: number, scaleNs: number): string {
  const random = seededRandom(seed);
  const histogram = emptyHistogram();
  for (let i = 0; i < count; i += 1)
    histogram.recordValue(Math.round(scaleNs * (1 - Math.log(1 - random()))));
  return encodeHistogram(histogram);
}

// hdr-histogram-js is the reference, which is itself a port of Gil Tene's.
test.each([
  [1, 5000, 200_000],
  [2, 20_000, 900],
  [3, 100, 3_000_000_000],
  [4, 1, 0],
  [5, 40_000, 3],
])('reads what hdr-histogram-js wrote: seed %i, %i values around %i ns', (seed, count, scaleNs) => {
  const text = recorded(seed, count, scaleNs);
  const reference = decodeHistogram(text);
  const own = readHistogram(text);
  expect(own.total).toBe(reference.totalCount);
  expect(quantiles.map((q) => quantileOf(own, q))).toEqual(
    quantiles.map((q) => reference.getValueAtPercentile(q * 100)),
  );
});

test('a merged histogram is that of all values', () => {
  const texts = [recorded(1, 3000, 50_000), recorded(2, 1000, 5_000_000), recorded(3, 10, 70)];
  const reference = mergeHistograms(texts);
  const own = mergeSparse(texts.map(readHistogram));
  expect(own.total).toBe(4010);
  expect(quantiles.map((q) => quantileOf(own, q))).toEqual(
    quantiles.map((q) => reference.getValueAtPercentile(q * 100)),
  );
});

test('a bucket may hold more than a byte or two can say', () => {
  const histogram = emptyHistogram();
  for (const count of [63, 64, 8191, 8192, 2 ** 20, 2 ** 40]) {
    histogram.recordValueWithCount(1000 + count / 8, count);
  }
  const own = readHistogram(encodeHistogram(histogram));
  expect(own.total).toBe(histogram.totalCount);
  expect(quantileOf(own, 0.5)).toBe(histogram.getValueAtPercentile(50));
});

test('an empty histogram has no quantile', () => {
  expect(quantileOf(readHistogram(encodeHistogram(emptyHistogram())), 0.5)).toBeNaN();
});

test.each(['', 'bm90IGEgaGlzdG9ncmFt'])('%j is not a histogram', (text) => {
  expect(() => readHistogram(text)).toThrow(/not a .*HdrHistogram/);
});
