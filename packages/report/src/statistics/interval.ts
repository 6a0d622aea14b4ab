/** A value with an interval around it. */
export interface Interval {
  readonly center: number;
  readonly lo: number;
  readonly hi: number;
}

/** The confidence of every interval. A difference is called where p is below 1 − CONFIDENCE. */
export const CONFIDENCE = 0.95;

/**
 * No 95 % interval without an assumption about the distribution exists for fewer independent values than this: the
 * range of 5 values misses the median of their population with probability 2·0.5⁵ = 6 %, that of 6 with 3 %.
 */
export const MIN_BLOCKS = 6;
