import { describe, expect, test } from 'vitest';
import { type BlockHistogram, bootstrapQuantile, bootstrapQuantileRatio } from './block-bootstrap.ts';
import { bucketValue, latencyBlocks, slowness } from './testing/latencies.ts';
import { noises } from './testing/noise.ts';

const same = (bucket: number) => bucket;

describe('the quantile is that of the merged histogram', () => {
  const blocks: BlockHistogram[] = [
    [
      [3, 2],
      [1, 1],
    ], // 1 3 3
    [[2, 4]],
    [],
    [
      [9, 1],
      [4, 2],
    ], // 4 4 9
  ];

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
    expect(bootstrapQuantile(blocks, quantile, same).center).toBe(value);
  });
});

test('a share that is a whole number of values is not rounded up', () => {
  const hundred: BlockHistogram = Array.from({ length: 100 }, (_, i) => [i + 1, 1] as const);
  expect(bootstrapQuantile([hundred], 0.07, same).center).toBe(7);
});

// The median of a resample of 1 to 7 is 1 with probability 0.010: a tail of 0.025 would cut it off, that for 7 blocks
// (0.004) does not.
test('few blocks are given a wider interval than the percentiles of the bootstrap', () => {
  const blocks = Array.from({ length: 7 }, (_, i): BlockHistogram => [[i + 1, 1]]);
  expect(bootstrapQuantile(blocks, 0.5, same)).toEqual({ center: 4, lo: 1, hi: 7 });
});

test('blocks that are all alike leave no doubt', () => {
  const blocks = new Array<BlockHistogram>(8).fill([
    [5, 98],
    [70, 2],
  ]);
  expect(bootstrapQuantile(blocks, 0.99, same)).toEqual({ center: 70, lo: 70, hi: 70 });
  const halves = new Array<BlockHistogram>(8).fill([
    [5, 98],
    [35, 2],
  ]);
  expect(bootstrapQuantileRatio(blocks, halves, 0.99, same)).toEqual({ center: 2, lo: 2, hi: 2 });
});

test('whole blocks are drawn: 10 blocks of one value each are 10 values, however often each was counted', () => {
  const [few, many] = [1, 1000].map((count) =>
    bootstrapQuantile(
      Array.from({ length: 10 }, (_, i) => [[i + 1, count]]),
      0.5,
      same,
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
  const paired = bootstrapQuantileRatio(values, baseline, 0.5, bucketValue);
  expect(paired.lo).toBeLessThan(1.5);
  expect(paired.hi).toBeGreaterThan(1.5);
  expect(5 * spread(paired)).toBeLessThan(spread(bootstrapQuantile(values, 0.5, bucketValue)));
});

test('the same blocks give the same interval', () => {
  const blocks = Array.from(
    { length: 12 },
    (_, i): BlockHistogram => [
      [i, 10],
      [2 * i + 20, 1],
    ],
  );
  expect(bootstrapQuantile(blocks, 0.95, same)).toEqual(bootstrapQuantile(blocks, 0.95, same));
});

test('fewer than 6 blocks with values give no interval', () => {
  const none = { lo: 0, hi: Number.POSITIVE_INFINITY };
  const five: BlockHistogram[] = [...new Array<BlockHistogram>(5).fill([[7, 3]]), [], [[8, 0]]];
  expect(bootstrapQuantile(five, 0.5, same)).toEqual({ center: 7, ...none });
  const seven = new Array<BlockHistogram>(7).fill([[7, 3]]);
  expect(bootstrapQuantileRatio(five, seven, 0.5, same)).toEqual({ center: 1, ...none });
  expect(bootstrapQuantileRatio(seven, five, 0.5, same)).toEqual({ center: 1, ...none });
  expect(bootstrapQuantile([], 0.5, same)).toEqual({ center: Number.NaN, ...none });
});

test('what is refused', () => {
  const blocks: BlockHistogram[] = [[[7, 3]]];
  expect(() => bootstrapQuantile(blocks, 99, same)).toThrow('needs a quantile above 0, at most 1; got 99');
  expect(() => bootstrapQuantileRatio(blocks, [], 0.5, same)).toThrow(
    'both histograms of each block; got 1 and 0',
  );
});

// The full table is in docs/method.md, from coverage-main.ts. The standard error of 150 trials is 2 points.
test('coverage of p99 with values of a block alike', () => {
  const source = noises(31);
  const calm = { pauses: 0, rho: 0 };
  const truth = bootstrapQuantile(
    [latencyBlocks(slowness(4000, calm, source), 100, calm, source).flat()],
    0.99,
    bucketValue,
  );
  let held = 0;
  for (let trial = 0; trial < 150; trial += 1) {
    const { lo, hi } = bootstrapQuantile(
      latencyBlocks(slowness(30, calm, source), 100, calm, source),
      0.99,
      bucketValue,
    );
    if (lo <= truth.center && truth.center <= hi) held += 1;
  }
  expect(held / 150).toBeGreaterThan(0.88);
  expect(held / 150).toBeLessThan(0.99);
});
