import { type Interval, MIN_BLOCKS } from './interval.ts';
import { normalTail } from './normal.ts';
import { seededRandom } from './random.ts';
import { select } from './select.ts';

/** The histogram of one block: buckets that hold values, with their counts, in any order. */
export type BlockHistogram = readonly (readonly [bucket: number, count: number])[];

const RESAMPLES = 1000;

/**
 * A quantile (0 to 1) of the values of all blocks, with its 95 % interval by the bootstrap of whole blocks: values within a
 * block resemble each other, so it is the blocks that are drawn anew, and their histograms merged. The percentiles of the
 * bootstrap are widened for few blocks (Hesterberg, The American Statistician 69, 2015, section 3.3: "expanded"). Seeded:
 * the same blocks give the same interval. `bucketValue` gives the value of a bucket, above 0 and ascending. Blocks without values
 * are left out; below `MIN_BLOCKS` others the interval is 0 to Infinity. NaN without any value.
 * @throws RangeError when the quantile is not above 0 and at most 1.
 */
export function bootstrapQuantile(
  blocks: readonly BlockHistogram[],
  quantile: number,
  bucketValue: (bucket: number) => number,
): Interval {
  const pool = pooled(blocks.filter(hasValues));
  return bootstrap(pool.blocks, (weights) => bucketValue(quantileBucket(pool, weights, quantile)));
}

/**
 * The ratio of the same quantile of two targets, `values` ÷ `baseline`, both in the order of the blocks: as
 * `bootstrapQuantile`, with each block drawn for both at once, so that what hits both alike cancels. Blocks in which one side
 * has no values are left out.
 * @throws RangeError when the two differ in length or the quantile is not above 0 and at most 1.
 */
export function bootstrapQuantileRatio(
  values: readonly BlockHistogram[],
  baseline: readonly BlockHistogram[],
  quantile: number,
  bucketValue: (bucket: number) => number,
): Interval {
  if (values.length !== baseline.length) {
    throw new RangeError(`needs both histograms of each block; got ${values.length} and ${baseline.length}`);
  }
  const inBoth = [...values.keys()].filter((i) => hasValues(values[i]!) && hasValues(baseline[i]!));
  const top = pooled(inBoth.map((i) => values[i]!));
  const bottom = pooled(inBoth.map((i) => baseline[i]!));
  return bootstrap(
    inBoth.length,
    (weights) =>
      bucketValue(quantileBucket(top, weights, quantile)) /
      bucketValue(quantileBucket(bottom, weights, quantile)),
  );
}

function hasValues(block: BlockHistogram): boolean {
  return block.some(([, count]) => count > 0);
}

/** `statistic` of every block once, and the interval of it when blocks are drawn with the weights it is given. */
function bootstrap(blocks: number, statistic: (weights: Float64Array) => number): Interval {
  const weights = new Float64Array(blocks).fill(1);
  const center = blocks === 0 ? Number.NaN : statistic(weights);
  if (blocks < MIN_BLOCKS) return { center, lo: 0, hi: Number.POSITIVE_INFINITY };
  const random = seededRandom(blocks);
  const resampled = Float64Array.from({ length: RESAMPLES }, () => {
    weights.fill(0);
    for (let drawn = 0; drawn < blocks; drawn += 1) weights[Math.floor(random() * blocks)]! += 1;
    return statistic(weights);
  });
  const beyond = Math.floor(tailOf(blocks) * RESAMPLES);
  return { center, lo: select(resampled, beyond), hi: select(resampled, RESAMPLES - 1 - beyond) };
}

/** What to cut off at each end: 0.025 for many blocks, less for few, which make resamples too much alike. */
function tailOf(blocks: number): number {
  const freedom = blocks - 1;
  // Student's t at 97.5 % (Abramowitz and Stegun, 26.7.5).
  const t = 1.95996 + 2.37227 / freedom + 2.8225 / freedom ** 2 + 2.5559 / freedom ** 3;
  return normalTail(t * Math.sqrt(blocks / freedom));
}

/** Many histograms side by side: any weighting of them has its quantile found by bisection, without merging them. */
interface Pool {
  readonly blocks: number;
  /** Ascending. */
  readonly buckets: readonly number[];
  /** For each bucket, for each block: how many values are in that bucket and all below. */
  readonly cumulative: Float64Array;
}

function pooled(blocks: readonly BlockHistogram[]): Pool {
  const buckets = [...new Set(blocks.flatMap((block) => block.map(([bucket]) => bucket)))].sort(
    (a, b) => a - b,
  );
  const placeOf = new Map(buckets.map((bucket, place) => [bucket, place]));
  const width = blocks.length;
  const cumulative = new Float64Array(buckets.length * width);
  blocks.forEach((block, column) => {
    for (const [bucket, count] of block) cumulative[placeOf.get(bucket)! * width + column]! += count;
  });
  for (let at = width; at < cumulative.length; at += 1) cumulative[at]! += cumulative[at - width]!;
  return { blocks: width, buckets, cumulative };
}

/** The first bucket that at least the share `quantile` of the weighted values is in or below. */
function quantileBucket(
  { blocks, buckets, cumulative }: Pool,
  weights: Float64Array,
  quantile: number,
): number {
  if (!(quantile > 0 && quantile <= 1))
    throw new RangeError(`needs a quantile above 0, at most 1; got ${quantile}`);
  const upTo = (place: number) => {
    let sum = 0;
    for (let block = 0, at = place * blocks; block < blocks; block += 1, at += 1) {
      sum += weights[block]! * cumulative[at]!;
    }
    return sum;
  };
  const wanted = Math.max(1, Math.ceil(quantile * upTo(buckets.length - 1) - 1e-9));
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo(middle) >= wanted) high = middle;
    else low = middle + 1;
  }
  return buckets[low]!;
}
