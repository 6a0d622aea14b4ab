import { CONFIDENCE, type Interval } from './interval.ts';
import { medianOfSorted } from './median.ts';
import { seededRandom } from './random.ts';
import { select } from './select.ts';

/**
 * Fewer samples than this give no 95 % interval for a median without an assumption about their distribution: the
 * whole range of n values covers the median of their population with probability 1 − 2·0.5ⁿ, which is 94 % at 5 and
 * 97 % at 6. Below, the range is given instead, and `rangeCoverage` says what it is worth.
 */
export const MIN_SAMPLES_FOR_INTERVAL = 6;

const RESAMPLES = 1000;

/** The probability that the range of `n` independent values holds the median of what they were drawn from, 0 to 1. */
export function rangeCoverage(n: number): number {
  return 1 - 2 * 0.5 ** n;
}

/**
 * The median of `values` with its 95 % interval by the percentile bootstrap (Efron and Tibshirani, An Introduction to
 * the Bootstrap, 1993, chapter 13), seeded, so that the same values give the same interval; with fewer than
 * `MIN_SAMPLES_FOR_INTERVAL` values the interval is their range. NaN when empty.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const center = medianOfSorted(sorted);
  if (sorted.length < MIN_SAMPLES_FOR_INTERVAL) {
    return { center, lo: sorted[0] ?? Number.NaN, hi: sorted.at(-1) ?? Number.NaN };
  }
  const { below, above } = rising(`${sorted.length}`, () => [drawnMiddles(sorted.length, 1)])[0]!;
  for (let i = 0; i < RESAMPLES; i += 1) scratch[i] = sorted[below[i]!]! + sorted[above[i]!]!;
  const { lo, hi } = middleOf(scratch);
  return { center, lo: lo / 2, hi: hi / 2 };
}

/**
 * The ratio of the medians, `values` ÷ `baseline`, with its 95 % interval by the bootstrap of both sides; where one
 * side has fewer than `MIN_SAMPLES_FOR_INTERVAL` values, the interval holds every ratio that the ranges allow.
 * Both must be above 0 for the ratio to mean something; otherwise it is NaN, 0 or infinite as division makes it.
 */
export function ratioInterval(values: readonly number[], baseline: readonly number[]): Interval {
  const top = Float64Array.from(values).sort();
  const bottom = Float64Array.from(baseline).sort();
  const center = medianOfSorted(top) / medianOfSorted(bottom);
  if (top.length === 0 || bottom.length === 0) return { center: Number.NaN, lo: Number.NaN, hi: Number.NaN };
  if (Math.min(top.length, bottom.length) < MIN_SAMPLES_FOR_INTERVAL) {
    return { center, lo: top[0]! / bottom.at(-1)!, hi: top.at(-1)! / bottom[0]! };
  }
  const [over, under] = rising(`${top.length} ${bottom.length}`, () => [
    drawnMiddles(top.length, 1),
    drawnMiddles(bottom.length, 2),
  ]);
  for (let i = 0; i < RESAMPLES; i += 1) {
    scratch[i] =
      (top[over!.below[i]!]! + top[over!.above[i]!]!) /
      (bottom[under!.below[i]!]! + bottom[under!.above[i]!]!);
  }
  return { center, ...middleOf(scratch) };
}

// The resamples of the call at hand: a large report makes tens of thousands of calls.
const scratch = new Float64Array(RESAMPLES);

function middleOf(resampled: Float64Array): { lo: number; hi: number } {
  const tail = (1 - CONFIDENCE) / 2;
  return {
    lo: select(resampled, Math.floor(tail * RESAMPLES)),
    hi: select(resampled, Math.ceil((1 - tail) * RESAMPLES) - 1),
  };
}

/** Where in a sorted sample the two middle values of each resample are. */
interface Middles {
  readonly below: Uint32Array;
  readonly above: Uint32Array;
}

const cache = new Map<string, readonly Middles[]>();

// Which elements are in the middle of a resample depends only on the size of the sample: drawn once for each size, and
// thousands of cells cost no random numbers. They are put in the order in which the median, or the ratio of two, about
// rises: what is nearly sorted is selected from several times faster.
function rising(key: string, draw: () => readonly Middles[]): readonly Middles[] {
  const known = cache.get(key);
  if (known) return known;
  const drawn = draw();
  const sizes = drawn.map(({ above }) => above.reduce((most, at) => Math.max(most, at), 1));
  const height = Array.from({ length: RESAMPLES }, (_, i) => {
    const [over = 0, under = 0] = drawn.map(
      ({ below, above }, side) => (below[i]! + above[i]!) / sizes[side]!,
    );
    return over - under;
  });
  const order = Uint32Array.from(height.keys()).sort((a, b) => height[a]! - height[b]!);
  const sorted = drawn.map(({ below, above }) => ({
    below: order.map((i) => below[i]!),
    above: order.map((i) => above[i]!),
  }));
  cache.set(key, sorted);
  return sorted;
}

function drawnMiddles(n: number, stream: number): Middles {
  const random = seededRandom(stream * 1_000_003 + n);
  const middles = { below: new Uint32Array(RESAMPLES), above: new Uint32Array(RESAMPLES) };
  const drawn = new Uint32Array(n);
  for (let i = 0; i < RESAMPLES; i += 1) {
    for (let j = 0; j < n; j += 1) drawn[j] = Math.floor(random() * n);
    drawn.sort();
    middles.below[i] = drawn[(n - 1) >> 1]!;
    middles.above[i] = drawn[n >> 1]!;
  }
  return middles;
}
