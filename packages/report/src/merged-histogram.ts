import { bucketNs, eachBucket } from '@ws-arena/load/buckets';
import type { SliceResult } from '@ws-arena/load/slice';
import type { HistogramName } from './metrics.ts';

/** One histogram of all slices; percentiles are taken from it, because percentiles cannot be averaged. */
export class MergedHistogram {
  /** Buckets that hold values, ascending, and how many values are in each of them and all below. */
  readonly #buckets: readonly number[];
  readonly #upTo: readonly number[];

  constructor(slices: readonly { readonly load?: SliceResult }[], name: HistogramName) {
    const counts: number[] = [];
    for (const { load } of slices) {
      eachBucket(load?.[name] ?? [], (bucket, count) => {
        counts[bucket] = (counts[bucket] ?? 0) + count;
      });
    }
    // A sparse array's own keys ascend.
    this.#buckets = Object.keys(counts).map(Number);
    let total = 0;
    this.#upTo = this.#buckets.map((bucket) => {
      total += counts[bucket]!;
      return total;
    });
  }

  /** Values in all slices. */
  get total(): number {
    return this.#upTo.at(-1) ?? 0;
  }

  /** The duration that `quantile` (0 to 1) of all values are at most, in nanoseconds; NaN without any. */
  quantileNs(quantile: number): number {
    if (this.total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(quantile * this.total - 1e-9));
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#upTo[middle]! >= wanted) high = middle;
      else low = middle + 1;
    }
    return bucketNs(this.#buckets[low]!);
  }
}
