import { bucketOf, type SparseHistogram, sparse } from '@ws-arena/load/buckets';
import { type EncodedHistogram, emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';

// The layout of an HdrHistogram with three significant digits from 1 on: 2048 values in the first bucket, then 1024
// to each power of two. Recording is a shift and an increment, where `recordValue` of hdr-histogram-js costs ten times that.
const HALF = 1024;
const HALF_BITS = 10;
const LARGEST_POWER = 47;

/** Counts of nanoseconds in cheap memory, turned into a histogram after the measurement. */
export class Recorder {
  readonly #counts = new Float64Array((LARGEST_POWER - HALF_BITS + 1) * HALF + HALF);
  #total = 0;
  /** What was counted lies in `[first, last]`: only that is cleared and read. */
  #first = this.#counts.length;
  #last = -1;

  /** How many values were recorded. */
  get total(): number {
    return this.#total;
  }

  /** Counts a duration; below 0 (clocks of two processes) counts as 0. */
  record(ns: number): void {
    const index = indexOf(ns);
    this.#total++;
    this.#counts[index]!++;
    if (index < this.#first) this.#first = index;
    if (index > this.#last) this.#last = index;
  }

  /** Empties it. */
  clear(): void {
    this.#counts.fill(0, this.#first, this.#last + 1);
    this.#total = 0;
    this.#first = this.#counts.length;
    this.#last = -1;
  }

  /** The value that `fraction` of what was recorded does not exceed, in nanoseconds; 0 when nothing was. */
  quantileNs(fraction: number): number {
    let left = Math.ceil(this.#total * fraction);
    for (let index = this.#first; index <= this.#last; index++) {
      left -= this.#counts[index]!;
      if (left <= 0) return valueAt(index);
    }
    return 0;
  }

  /** The stored form of a job: three significant digits. */
  encode(): EncodedHistogram {
    const histogram = emptyHistogram();
    this.#each((ns, count) => histogram.recordValueWithCount(ns, count));
    return encodeHistogram(histogram);
  }

  /** The stored form of a slice, which is coarser. */
  sparse(): SparseHistogram {
    const buckets = new Map<number, number>();
    this.#each((ns, count) => buckets.set(bucketOf(ns), (buckets.get(bucketOf(ns)) ?? 0) + count));
    return sparse(buckets);
  }

  #each(visit: (ns: number, count: number) => void): void {
    for (let index = this.#first; index <= this.#last; index++) {
      const count = this.#counts[index]!;
      if (count > 0) visit(valueAt(index), count);
    }
  }
}

function indexOf(ns: number): number {
  if (ns < 2 * HALF) return ns > 0 ? ns | 0 : 0;
  if (ns < 0x7fff_ffff) {
    const whole = ns | 0;
    const shift = 31 - HALF_BITS - Math.clz32(whole);
    return shift * HALF + (whole >> shift);
  }
  const power = Math.min(LARGEST_POWER - 1, Math.floor(Math.log2(ns)));
  const shift = power - HALF_BITS;
  return shift * HALF + Math.min(2 * HALF - 1, Math.floor(ns / 2 ** shift));
}

function valueAt(index: number): number {
  if (index < 2 * HALF) return index;
  const shift = Math.floor(index / HALF) - 1;
  return ((index % HALF) + HALF) * 2 ** shift;
}
