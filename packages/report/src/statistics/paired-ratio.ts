import { ALPHA, type Interval, MIN_BLOCKS } from './interval.ts';
import { select } from './select.ts';
import { NORMAL_FROM, signedRankP } from './signed-rank.ts';

/** How one target's figure compares with another's, from blocks in which both were measured. */
export interface PairedRatio {
  /** `values` ÷ `baseline` with its 95 % interval; below `MIN_BLOCKS` blocks the interval is 0 to Infinity. */
  readonly ratio: Interval;
  /** Two-sided; below 0.05 exactly when the interval excludes 1. Not adjusted for other comparisons. */
  readonly p: number;
  /** Blocks. */
  readonly n: number;
}

/**
 * The ratio `values` ÷ `baseline`, both in the order of the blocks: the Hodges–Lehmann estimate of the log ratios (the
 * median of the means of all pairs of them), and p and the interval from Wilcoxon's signed-rank test (Hollander, Wolfe and
 * Chicken, Nonparametric Statistical Methods, 2014, sections 3.1 to 3.3). It assumes that a block's log ratio strays as
 * far up as down, and nothing else about its distribution.
 *
 * - Between two steps of the test, p and the ends of the interval are interpolated. Otherwise the interval of 6 blocks would
 *   cover 97 %.
 * - Ties need no treatment. A mean of exactly 0 counts against a difference on both sides, so equal figures give p = 1.
 * - Blocks that resemble their neighbours say less than independent ones. From `NORMAL_FROM` blocks on, this is estimated
 *   and widens the interval.
 *
 * The simulated coverage is in docs/method.md.
 * @throws RangeError when the two differ in length or hold a figure that is not finite and above 0.
 */
export function pairedRatio(values: readonly number[], baseline: readonly number[]): PairedRatio {
  const logs = logRatios(values, baseline);
  const n = logs.length;
  const means = pairMeans(logs);
  const middle = (nth(means, (means.length + 1) >> 1) + nth(means, (means.length + 2) >> 1)) / 2;
  const center = Math.exp(middle);
  if (n < MIN_BLOCKS) return { ratio: { center, lo: 0, hi: Number.POSITIVE_INFINITY }, p: 1, n };
  // p of a ratio at the `place`th of the means, counted from the nearer end from 1 on.
  const pAt = (place: number) => signedRankP(n, place - 1);
  const { lo, hi } = acceptedBy(pAt, means);
  // The interval is widened, and p is that of a difference so many times smaller. Were the variance of the test's statistic
  // inflated instead, 20 blocks could not show any difference, however large: a rank says nothing about distance.
  const wider = n < NORMAL_FROM ? 1 : Math.sqrt(varianceInflation(logs, middle));
  const at = (end: number) => Math.exp(middle + wider * (end - middle));
  return { ratio: { center, lo: at(lo), hi: at(hi) }, p: pOf(middle - middle / wider, pAt, means), n };
}

/** The same of pairs of figures; one in which a figure is not known, and so 0, is left out. */
export function ratioOfPairs(pairs: readonly (readonly [value: number, baseline: number])[]): PairedRatio {
  const known = pairs.filter(([value, base]) => value > 0 && base > 0);
  return pairedRatio(
    known.map(([value]) => value),
    known.map(([, base]) => base),
  );
}

// Rounded to multiples of 2^-40: sums of them are exact, so equal means are equal and the mean of opposite ones is 0.
const GRID = 2 ** 40;

function logRatios(values: readonly number[], baseline: readonly number[]): Float64Array {
  if (values.length !== baseline.length) {
    throw new RangeError(`needs both figures of each block; got ${values.length} and ${baseline.length}`);
  }
  return Float64Array.from(values, (value, block) => {
    const base = baseline[block]!;
    const log = Math.log(value) - Math.log(base);
    if (!Number.isFinite(log)) {
      throw new RangeError(`needs finite figures above 0; got ${value} and ${base} in block ${block}`);
    }
    return Math.round(log * GRID) / GRID;
  });
}

/** The mean of each pair of `logs`, of each with itself too: Walsh averages. */
function pairMeans(logs: Float64Array): Float64Array {
  const means = new Float64Array((logs.length * (logs.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < logs.length; i += 1) {
    for (let j = 0; j <= i; j += 1) means[at++] = (logs[i]! + logs[j]!) / 2;
  }
  return means;
}

/** The `place`th smallest, from 1 on; NaN when empty. */
function nth(means: Float64Array, place: number): number {
  return means.length === 0 ? Number.NaN : select(means, place - 1);
}

/** The log ratios that the test does not reject at the confidence. */
function acceptedBy(pAt: (place: number) => number, means: Float64Array): { lo: number; hi: number } {
  let rejected = 0;
  let accepted = (means.length + 1) >> 1;
  while (accepted - rejected > 1) {
    const place = (rejected + accepted) >> 1;
    if (pAt(place) < ALPHA) rejected = place;
    else accepted = place;
  }
  const fraction = (ALPHA - pAt(rejected)) / (pAt(accepted) - pAt(rejected));
  const between = (outer: number, inner: number) => outer + fraction * (inner - outer);
  const fromTop = means.length + 1;
  return {
    lo: between(nth(means, rejected), nth(means, accepted)),
    hi: between(nth(means, fromTop - rejected), nth(means, fromTop - accepted)),
  };
}

/** The p of the log ratio `of`, interpolated as the ends of the interval are. */
function pOf(of: number, pAt: (place: number) => number, means: Float64Array): number {
  let up = 0;
  let down = 0;
  let above = Number.POSITIVE_INFINITY;
  let below = Number.NEGATIVE_INFINITY;
  let equal = 0;
  for (const mean of means) {
    if (mean > of) {
      up += 1;
      if (mean < above) above = mean;
    } else if (mean < of) {
      down += 1;
      if (mean > below) below = mean;
    } else equal += 1;
  }
  const place = Math.min(up, down) + equal;
  if (place === 0) return pAt(1);
  if (2 * place >= means.length) return 1;
  if (equal > 0) return pAt(place);
  const fraction = (down < up ? of - below : above - of) / (above - below);
  return pAt(place) + fraction * (pAt(place + 1) - pAt(place));
}

/**
 * How many times larger than that of independent blocks the variance of the test's statistic is: (1 + r) ÷ (1 − r), r the
 * correlation of neighbours in what each block adds to the statistic, with its bias removed. An r below −0.5/√n counts as
 * that: it keeps the coverage of independent blocks at 95 %, where counting every r below 0 as 0 would make it 97.
 */
function varianceInflation(logs: Float64Array, middle: number): number {
  const n = logs.length;
  const score = Float64Array.from(logs, (log) =>
    logs.reduce((sum, other) => sum + Math.sign(log + other - 2 * middle), 0),
  );
  let squares = 0;
  let products = 0;
  for (let i = 0; i < n; i += 1) {
    squares += score[i]! ** 2;
    products += score[i]! * (score[i - 1] ?? 0);
  }
  if (squares === 0) return 1;
  const unbiased = ((n * products) / squares + 1) / (n - 4);
  const r = Math.min(0.9, Math.max(-0.5 / Math.sqrt(n), unbiased));
  return (1 + r) / (1 - r);
}
