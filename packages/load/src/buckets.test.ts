import { expect, test } from 'vitest';
import { bucketNs, bucketOf, eachBucket, sparse } from './buckets.ts';

test('a bucket knows its durations to 1.6 per cent, from 1 ns to an hour', () => {
  for (let ns = 1; ns < 3.6e12; ns = Math.ceil(ns * 1.013)) {
    expect(Math.abs(bucketNs(bucketOf(ns)) - ns) / ns).toBeLessThanOrEqual(0.0157);
  }
});

test('longer durations are never in an earlier bucket', () => {
  let last = 0;
  for (let ns = 0; ns < 1e6; ns += 7) {
    expect(bucketOf(ns)).toBeGreaterThanOrEqual(last);
    last = bucketOf(ns);
  }
  expect(bucketOf(-5)).toBe(0);
});

test('what was stored is read back in order', () => {
  const counts = new Map([
    [700, 2],
    [3, 1],
    [701, 9],
  ]);
  const read: number[][] = [];
  eachBucket(sparse(counts), (bucket, count) => read.push([bucket, count]));
  expect(read).toEqual([
    [3, 1],
    [700, 2],
    [701, 9],
  ]);
});
