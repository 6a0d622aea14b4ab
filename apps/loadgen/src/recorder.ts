import { type EncodedHistogram, emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';

// The layout of an HdrHistogram with three significant digits from 1 on: 2048 values in the first bucket, then 1024
// to each power of two. Recording is a shift and an increment, where `recordValue` of hdr-histogram-js costs ten times that.
const HALF = 1024;
const HALF_BITS = 10;
const LARGEST_POWER = 47;

/** Counts of nanoseconds in cheap memory, turned into an HdrHistogram after the measurement without loss. */
export class Recorder {
  readonly #counts = new Float64Array((LARGEST_POWER - HALF_BITS + 1) * HALF + HALF);
  #total = 0;

  /** How many values were recorded. */
  get total(): number {
    return this.#total;
  }

  /** Counts a duration; below 0 (clocks of two processes) counts as 0. */
  record(ns: number): void {
    this.#total++;
    this.#counts[indexOf(ns)]!++;
  }

  /** Empties it. */
  clear(): void {
    this.#total = 0;
    this.#counts.fill(0);
  }

  /** The stored form. */
  encode(): EncodedHistogram {
    const histogram = emptyHistogram();
    this.#counts.forEach((count, index) => {
      if (count > 0) histogram.recordValueWithCount(valueAt(index), count);
    });
    return encodeHistogram(histogram);
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
