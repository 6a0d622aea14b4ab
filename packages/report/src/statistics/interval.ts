/** A value with an interval around it. */
export interface Interval {
  readonly center: number;
  readonly lo: number;
  readonly hi: number;
}

/** A difference is called where p is below this. */
export const ALPHA = 0.05;

/** The confidence of every interval. */
export const CONFIDENCE = 1 - ALPHA;

/**
 * No 95 % interval without an assumption about the distribution exists for fewer independent values than this: the
 * range of 5 values misses the median of their population with probability 2·0.5⁵ = 6 %, that of 6 with 3 %.
 */
export const MIN_BLOCKS = 6;
