import { CONFIDENCE, type Interval, MIN_BLOCKS } from './interval.ts';
import { medianOfSorted } from './median.ts';

/**
 * The median of `values`, one from each block, with its 95 % interval from order statistics: where the population's median
 * lies among n independent values is binomial, whatever the distribution. The ends lie between two order statistics,
 * interpolated as Hettmansperger and Sheather do (Statistics & Probability Letters 4, 1986): without it, the interval of 6
 * values would cover 97 % and that of 9 values 96 %. Below `MIN_BLOCKS` values no such interval exists, and it is −Infinity
 * to Infinity. NaN when empty. Unlike a ratio it holds all drift of the machine, and neighbours that resemble each other
 * make it too narrow (docs/method.md).
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const center = medianOfSorted(sorted);
  if (n < MIN_BLOCKS) return { center, lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  const { depth, fraction } = endsOf(n);
  const at = (place: number) => sorted[place]!;
  return {
    center,
    lo: at(depth - 1) + fraction * (at(depth) - at(depth - 1)),
    hi: at(n - depth) + fraction * (at(n - depth - 1) - at(n - depth)),
  };
}

/** The ends are the fraction `fraction` of the way from the `depth`th value of each side, from 1 on, to the next. */
function endsOf(n: number): { depth: number; fraction: number } {
  // The confidence of the interval from the `depth`th value of each side, and of the next narrower one.
  let depth = 1;
  let outer = 1 - 2 ** (1 - n);
  let logChoose = 0;
  for (;;) {
    logChoose += Math.log((n - depth + 1) / depth);
    const inner = outer - 2 * Math.exp(logChoose - n * Math.LN2);
    if (inner < CONFIDENCE) {
      const excess = (outer - CONFIDENCE) / (outer - inner);
      return { depth, fraction: ((n - depth) * excess) / (depth + (n - 2 * depth) * excess) };
    }
    outer = inner;
    depth += 1;
  }
}
