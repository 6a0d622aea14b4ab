import { bucketNs, eachBucket, type SparseHistogram } from '@ws-arena/load/buckets';
import { type Interval, MIN_BLOCKS } from './interval.ts';
import { normalTail } from './normal.ts';
import { seededRandom } from './random.ts';
import { select } from './select.ts';

const RESAMPLES = 1000;

/** The histograms of many blocks side by side: any weighting of them has its quantile found without merging them. */
export interface Pool {
  readonly blocks: number;
  /** The value of each bucket that holds any, in nanoseconds, ascending. */
  readonly valuesNs: readonly number[];
  /** For each bucket, for each block: how many values are in that bucket and all below. */
  readonly cumulative: Float64Array;
}

/** The histograms of some blocks, each of which holds values. */
export function pooled(blocks: readonly SparseHistogram[]): Pool {
  // A sparse array: its keys, the buckets, ascend.
  const places: number[] = [];
  for (const block of blocks) {
    eachBucket(block, (bucket) => {
      places[bucket] = 0;
    });
  }
  const buckets = Object.keys(places).map(Number);
  for (const [place, bucket] of buckets.entries()) places[bucket] = place;
  const width = blocks.length;
  const cumulative = new Float64Array(buckets.length * width);
  for (const [column, block] of blocks.entries()) {
    eachBucket(block, (bucket, count) => {
      cumulative[places[bucket]! * width + column]! += count;
    });
  }
  for (let at = width; at < cumulative.length; at += 1) cumulative[at]! += cumulative[at - width]!;
  return { blocks: width, valuesNs: buckets.map(bucketNs), cumulative };
}

/**
 * A quantile (0 to 1) of the values of all blocks, in nanoseconds, with its 95 % interval by the bootstrap of whole blocks:
 * values within a block resemble each other, so whole blocks are resampled, and their histograms merged. The
 * percentiles of the bootstrap are widened for few blocks (Hesterberg, The American Statistician 69, 2015, section 3.3:
 * "expanded"). Seeded: the same blocks give the same interval. Below `MIN_BLOCKS` blocks the interval is 0 to Infinity. NaN
 * without any value.
 * @throws RangeError when the quantile is not above 0 and at most 1.
 */
export function bootstrapQuantile(blocks: Pool, quantile: number): Interval {
  const of = quantileOf(blocks, quantile);
  return bootstrap(blocks.blocks, of);
}

/**
 * The ratio of the same quantile of two targets, `values` ÷ `baseline`, of the same blocks in the same order: as
 * `bootstrapQuantile`, with each block drawn for both at once, so that what hits both alike cancels.
 * @throws RangeError when the two differ in length or the quantile is not above 0 and at most 1.
 */
export function bootstrapQuantileRatio(values: Pool, baseline: Pool, quantile: number): Interval {
  if (values.blocks !== baseline.blocks) {
    throw new RangeError(`needs both histograms of each block; got ${values.blocks} and ${baseline.blocks}`);
  }
  const [top, bottom] = [quantileOf(values, quantile), quantileOf(baseline, quantile)];
  return bootstrap(values.blocks, (weights) => top(weights) / bottom(weights));
}

type Statistic = (weights: Float64Array) => number;

/** `statistic` of every block once, and the interval of it when blocks are drawn with the weights it is given. */
function bootstrap(blocks: number, statistic: Statistic): Interval {
  const center = blocks === 0 ? Number.NaN : statistic(new Float64Array(blocks).fill(1));
  if (blocks < MIN_BLOCKS) return { center, lo: 0, hi: Number.POSITIVE_INFINITY };
  const resampled = Float64Array.from(drawn(blocks), statistic);
  const beyond = Math.floor(tailOf(blocks) * RESAMPLES);
  return { center, lo: select(resampled, beyond), hi: select(resampled, RESAMPLES - 1 - beyond) };
}

const draws = new Map<number, readonly Float64Array[]>();

/** How often each of `blocks` is drawn, for every resample; worked out once, because a report takes thousands of intervals. */
function drawn(blocks: number): readonly Float64Array[] {
  const known = draws.get(blocks);
  if (known) return known;
  const random = seededRandom(blocks);
  const made = Array.from({ length: RESAMPLES }, () => {
    const weights = new Float64Array(blocks);
    for (let i = 0; i < blocks; i += 1) weights[Math.floor(random() * blocks)]! += 1;
    return weights;
  });
  draws.set(blocks, made);
  return made;
}

/** What to cut off at each end: 0.025 for many blocks, less for few, which make resamples too much alike. */
function tailOf(blocks: number): number {
  const freedom = blocks - 1;
  // Student's t at 97.5 % (Abramowitz and Stegun, 26.7.5).
  const t = 1.95996 + 2.37227 / freedom + 2.8225 / freedom ** 2 + 2.5559 / freedom ** 3;
  return normalTail(t * Math.sqrt(blocks / freedom));
}

/** The value that at least the share `quantile` of the weighted values are at most. */
function quantileOf({ blocks, valuesNs, cumulative }: Pool, quantile: number): Statistic {
  if (!(quantile > 0 && quantile <= 1))
    throw new RangeError(`needs a quantile above 0, at most 1; got ${quantile}`);
  const last = valuesNs.length - 1;
  // Resamples have their quantile near each other: each search begins where the one before ended, and widens.
  let found = last >> 1;
  return (weights) => {
    const wanted = Math.max(1, Math.ceil(quantile * upTo(weights, last) - 1e-9));
    let low = 0;
    let high = last;
    let step = 1;
    let probe = found;
    while (low < high) {
      if (upTo(weights, probe) >= wanted) {
        high = probe;
        probe = Math.max(low, probe - step);
      } else {
        low = probe + 1;
        probe = Math.min(high, probe + step);
      }
      step *= 2;
      if (step > high - low) probe = (low + high) >> 1;
    }
    found = low;
    return valuesNs[low]!;
  };

  function upTo(weights: Float64Array, place: number): number {
    let sum = 0;
    for (let block = 0, at = place * blocks; block < blocks; block += 1, at += 1) {
      sum += weights[block]! * cumulative[at]!;
    }
    return sum;
  }
}
