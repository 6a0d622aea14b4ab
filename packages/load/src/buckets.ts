/*
 * Durations counted in buckets, the compact form that a slice is stored in: 32 buckets to each power of two, so that a
 * value is known to 1.6 %. A run holds tens of thousands of these; JSON reads them without decoding.
 */
const BITS = 5;
const HALF = 2 ** BITS;

/** Bucket numbers and their counts in turn: `[bucket, count, gap to the next bucket, count, …]`. */
export type SparseHistogram = readonly number[];

/** The bucket of a duration in nanoseconds; below 0 counts as 0. */
export function bucketOf(ns: number): number {
  if (ns < 2 * HALF) return ns > 0 ? Math.floor(ns) : 0;
  const shift = Math.floor(Math.log2(ns)) - BITS;
  return shift * HALF + Math.floor(ns / 2 ** shift);
}

/** The middle of a bucket, in nanoseconds. */
export function bucketNs(bucket: number): number {
  if (bucket < 2 * HALF) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return ((bucket % HALF) + HALF + 0.5) * 2 ** shift;
}

/** The stored form of counts by bucket, which may come in any order. */
export function sparse(counts: ReadonlyMap<number, number>): SparseHistogram {
  let last = 0;
  return [...counts]
    .sort(([a], [b]) => a - b)
    .flatMap(([bucket, count]) => {
      const gap = bucket - last;
      last = bucket;
      return [gap, count];
    });
}

/** Calls `visit` for each bucket that holds something, from the shortest duration on. */
export function eachBucket(histogram: SparseHistogram, visit: (bucket: number, count: number) => void): void {
  let bucket = 0;
  for (let i = 0; i + 1 < histogram.length; i += 2) {
    bucket += histogram[i]!;
    visit(bucket, histogram[i + 1]!);
  }
}
