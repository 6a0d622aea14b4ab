import { type SparseHistogram, sparse } from '@ws-arena/load/buckets';
import { describe, expect, test } from 'vitest';
import { bootstrapQuantile, bootstrapQuantileRatio, pooled } from './block-bootstrap.ts';
import { latencyBlocks, merged, slowness } from './testing/latencies.ts';
import { noises } from './testing/noise.ts';

// Up to 255 ns a bucket holds one value, which is its number.
const block = (...counts: (readonly [number, number])[]) => sparse(new Map(counts));
const quantileOf = (blocks: readonly SparseHistogram[], quantile: number) =>
  bootstrapQuantile(pooled(blocks), quantile);
const ratioOf = (
  values: readonly SparseHistogram[],
  baseline: readonly SparseHistogram[],
  quantile: number,
) => bootstrapQuantileRatio(pooled(values), pooled(baseline), quantile);

describe('the quantile is that of the merged histogram', () => {
  const blocks = [block([3, 2], [1, 1]), block([2, 4]), block([9, 1], [4, 2])];

  test.each([
    [0.1, 1],
    [0.11, 2],
    [0.5, 2],
    [0.51, 3],
    [0.7, 3],
    [0.9, 4],
    [0.91, 9],
    [1, 9],
  ])('%f of 10 values: %i', (quantile, value) => {
    expect(quantileOf(blocks, quantile).center).toBe(value);
  });
});

test('a share that is a whole number of values is not rounded up', () => {
  const hundred = block(...Array.from({ length: 100 }, (_, i) => [i + 1, 1] as const));
  expect(quantileOf([hundred], 0.07).center).toBe(7);
});

// The median of a resample of 1 to 7 is 1 with probability 0.010: a tail of 0.025 would cut it off, that for 7 blocks
// (0.004) does not.
test('few blocks are given a wider interval than the percentiles of the bootstrap', () => {
  const blocks = Array.from({ length: 7 }, (_, i) => block([i + 1, 1]));
  expect(quantileOf(blocks, 0.5)).toEqual({ center: 4, lo: 1, hi: 7 });
});

test('blocks that are all alike leave no doubt', () => {
  const blocks = new Array<SparseHistogram>(8).fill(block([5, 98], [60, 2]));
  expect(quantileOf(blocks, 0.99)).toEqual({ center: 60, lo: 60, hi: 60 });
  const halves = new Array<SparseHistogram>(8).fill(block([5, 98], [30, 2]));
  expect(ratioOf(blocks, halves, 0.99)).toEqual({ center: 2, lo: 2, hi: 2 });
});

test('whole blocks are drawn: 10 blocks of one value each are 10 values, however often each was counted', () => {
  const [few, many] = [1, 1000].map((count) =>
    quantileOf(
      Array.from({ length: 10 }, (_, i) => block([i + 1, count])),
      0.5,
    ),
  );
  expect(many).toEqual(few);
  expect(few!.lo).toBeLessThanOrEqual(3);
  expect(few!.hi).toBeGreaterThanOrEqual(8);
});

test('both sides of a ratio draw the same blocks, so what hits both cancels', () => {
  const source = noises(4);
  const calm = { pauses: 0, rho: 0 };
  const slow = slowness(30, calm, source).map((log) => 5 * log);
  const baseline = latencyBlocks(slow, 500, calm, source);
  const values = latencyBlocks(slow, 500, calm, source, 1.5);
  const spread = ({ lo, hi }: { lo: number; hi: number }) => Math.log(hi / lo);
  const paired = ratioOf(values, baseline, 0.5);
  expect(paired.lo).toBeLessThan(1.5);
  expect(paired.hi).toBeGreaterThan(1.5);
  expect(5 * spread(paired)).toBeLessThan(spread(quantileOf(values, 0.5)));
});

test('the same blocks give the same interval', () => {
  const blocks = Array.from({ length: 12 }, (_, i) => block([i, 10], [2 * i + 20, 1]));
  expect(quantileOf(blocks, 0.95)).toEqual(quantileOf(blocks, 0.95));
});

test('fewer than 6 blocks give no interval', () => {
  const none = { lo: 0, hi: Number.POSITIVE_INFINITY };
  const five = new Array<SparseHistogram>(5).fill(block([7, 3]));
  expect(quantileOf(five, 0.5)).toEqual({ center: 7, ...none });
  expect(ratioOf(five, five, 0.5)).toEqual({ center: 1, ...none });
  expect(quantileOf([], 0.5)).toEqual({ center: Number.NaN, ...none });
});

test('what is refused', () => {
  const blocks = [block([7, 3])];
  expect(() => quantileOf(blocks, 99)).toThrow('needs a quantile above 0, at most 1; got 99');
  expect(() => ratioOf(blocks, [], 0.5)).toThrow('both histograms of each block; got 1 and 0');
});

// The full table is in docs/method.md, from coverage-main.ts. The standard error of 150 trials is 2 points.
test('coverage of p99 with values of a block alike', () => {
  const source = noises(31);
  const calm = { pauses: 0, rho: 0 };
  const truth = quantileOf([merged(latencyBlocks(slowness(4000, calm, source), 100, calm, source))], 0.99);
  let held = 0;
  for (let trial = 0; trial < 150; trial += 1) {
    const { lo, hi } = quantileOf(latencyBlocks(slowness(30, calm, source), 100, calm, source), 0.99);
    if (lo <= truth.center && truth.center <= hi) held += 1;
  }
  expect(held / 150).toBeGreaterThan(0.88);
  expect(held / 150).toBeLessThan(0.99);
});
