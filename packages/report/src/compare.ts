import type { WarningKind } from '@ws-arena/load/warning';
import type { Cell, Comparison, Finding } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import type { Figure } from './figure.ts';
import { metricNamed } from './metrics.ts';
import { bootstrapQuantileRatio } from './statistics/block-bootstrap.ts';
import { type Interval, MIN_BLOCKS } from './statistics/interval.ts';
import { type PairedRatio, ratioOfPairs } from './statistics/paired-ratio.ts';
import { pairedVerdicts } from './statistics/paired-verdicts.ts';
import { pOfRatio, unpairedRatio } from './statistics/unpaired-ratio.ts';
import { samplesText } from './view/labels.ts';

/** A cell, and the figures of its blocks that it was made from. */
export interface Measured {
  readonly cell: Cell;
  readonly figure: Figure;
}

/** Two sides of one figure; the ratio is `target` ÷ `baseline`. */
export interface Pair<T = Measured> {
  readonly baseline: T;
  readonly target: T;
}

/**
 * Compares every pair block by block, all as one family: p is adjusted for all that could have shown a difference.
 * Undefined stands for a pair without a ratio: no block has both figures above 0.
 * @param equalWithin a ratio whose whole interval is within this fraction of 1 is `equal`.
 */
export function compareBlocks(pairs: readonly Pair[], equalWithin: number): (Finding | undefined)[] {
  return judge(
    pairs.map(({ baseline, target }) => ({ baseline: baseline.cell, target: target.cell })),
    pairs.map(ratioInBlocks),
    equalWithin,
    limitedOrFew,
  );
}

/** Compares cells that were not measured in the same blocks, from their intervals, as one family. */
export function compareCells(pairs: readonly Pair<Cell>[], equalWithin: number): (Finding | undefined)[] {
  return judge(
    pairs,
    pairs.map(ratioOfCells),
    equalWithin,
    (pair, ratio) => limitedOrFew(pair, ratio) ?? partlyLateness(pair),
  );
}

/** Each target against `baseline` in every figure that both have. */
export function compareToBaseline(
  all: readonly Measured[],
  baseline: string,
  equalWithin: number,
): Comparison[] {
  const compared = all.filter(({ cell }) => metricNamed(cell.metric)?.compared);
  const bases = new Map(
    compared.filter(({ cell }) => cell.target === baseline).map((one) => [cellKey(one.cell), one]),
  );
  const found = comparedTo(compared, ({ cell }) => bases.get(cellKey(cell)), equalWithin);
  return found.map(({ target: { cell }, finding }) => {
    const { scenario, route, params, metric, target } = cell;
    return { scenario, route, params, metric, baseline, target, ...finding };
  });
}

/**
 * Each of `measured` block by block against what `baselineOf` holds it against, all as one family. One without a baseline,
 * or without a ratio to it, is left out.
 * @param named what a reason calls a side, where both sides are of one target.
 */
export function comparedTo(
  measured: readonly Measured[],
  baselineOf: (one: Measured) => Measured | undefined,
  equalWithin: number,
  named: (one: Measured) => Measured = (one) => one,
): (Pair & { readonly finding: Finding })[] {
  const pairs = measured.flatMap((target) => {
    const baseline = baselineOf(target);
    return baseline && baseline !== target ? [{ baseline, target }] : [];
  });
  const findings = compareBlocks(
    pairs.map(({ baseline, target }) => ({ baseline: named(baseline), target: named(target) })),
    equalWithin,
  );
  return pairs.flatMap((pair, i) => (findings[i] ? [{ ...pair, finding: findings[i] }] : []));
}

/** What cells of the same figure of different targets have in common. */
export function cellKey(cell: Pick<Cell, 'scenario' | 'route' | 'params' | 'metric'>): string {
  return `${groupKey(cell)} ${cell.metric}`;
}

/**
 * The ratio of one pair with its interval; NaN where no block has both figures. Where the generator's own lateness is a part
 * of a latency, the ratio from the real send must say the same: the interval covers both, and p is the greater of the two.
 */
export function ratioInBlocks(pair: Pair): PairedRatio {
  const { baseline, target } = pair;
  const own = ratioOf(target.figure, baseline.figure);
  const [top, bottom] = [target.figure.fromRealSend, baseline.figure.fromRealSend];
  const isLate = top && bottom && partlyLateness({ baseline: baseline.cell, target: target.cell });
  return isLate ? agreed(own, ratioOf(top, bottom)) : own;
}

function ratioOf(target: Figure, baseline: Figure): PairedRatio {
  const quantile = metricNamed(target.metric)?.quantile?.at;
  if (quantile !== undefined && target.histograms && baseline.histograms) {
    const [top, bottom] = target.histograms.with(baseline.histograms);
    return asPaired(bootstrapQuantileRatio(top, bottom, quantile), top.blocks);
  }
  const [values, base] = [target.values, baseline.values];
  // A ratio needs two figures above 0: memory that shrank while connections grew has none.
  return ratioOfPairs([...values].map(([block, value]) => [value, base.get(block) ?? 0]));
}

/** What two measures of one ratio both say. */
function agreed(one: PairedRatio, other: PairedRatio): PairedRatio {
  const sameSide = one.ratio.center > 1 === other.ratio.center > 1;
  return {
    ratio: {
      center: one.ratio.center,
      lo: Math.min(one.ratio.lo, other.ratio.lo),
      hi: Math.max(one.ratio.hi, other.ratio.hi),
    },
    p: sameSide ? Math.max(one.p, other.p) : 1,
    n: one.n,
  };
}

function ratioOfCells({ baseline, target }: Pair<Cell>): PairedRatio {
  const [a, b] = [intervalOf(target), intervalOf(baseline)];
  const n = Math.min(target.estimate.n, baseline.estimate.n);
  if (a && b) {
    const above = a.lo > 0 && b.lo > 0;
    // An interval that reaches down to 0 has no logarithm.
    return above ? asPaired(unpairedRatio(a, b), n) : { ratio: NO_RATIO, p: 1, n };
  }
  const center = target.estimate.center / baseline.estimate.center;
  return { ratio: { ...NO_RATIO, center }, p: 1, n };
}

const NO_RATIO: Interval = { center: Number.NaN, lo: 0, hi: Number.POSITIVE_INFINITY };

function intervalOf({ estimate: { center, lo, hi } }: Cell): Interval | undefined {
  return lo === null || hi === null ? undefined : { center, lo, hi };
}

function asPaired(ratio: Interval, n: number): PairedRatio {
  return { ratio, p: n < MIN_BLOCKS ? 1 : pOfRatio(ratio), n };
}

function judge(
  pairs: readonly Pair<Cell>[],
  ratios: readonly PairedRatio[],
  equalWithin: number,
  whyUndecided: (pair: Pair<Cell>, ratio: PairedRatio) => Undecided | undefined,
): (Finding | undefined)[] {
  const reasons = pairs.map((pair, index) => whyUndecided(pair, ratios[index]!));
  const judged = pairs.flatMap(({ target }, index) =>
    reasons[index] === undefined ? { paired: ratios[index]!, better: target.better } : [],
  );
  const verdicts = pairedVerdicts(judged);
  let next = 0;
  return ratios.map(({ ratio, p }, index): Finding | undefined => {
    const bounded = Number.isFinite(ratio.hi) && ratio.lo > 0;
    const told = { center: ratio.center, lo: bounded ? ratio.lo : null, hi: bounded ? ratio.hi : null };
    const reason = reasons[index];
    if (reason)
      return Number.isFinite(ratio.center) ? { ratio: told, p, verdict: 'undecided', ...reason } : undefined;
    const { p: adjusted, verdict } = verdicts[next++]!;
    if (!Number.isFinite(ratio.center)) return undefined;
    if (verdict !== '~') return { ratio: told, p: adjusted, verdict };
    return { ratio: told, p: adjusted, verdict: isEqual(ratio, equalWithin) ? 'equal' : 'undecided' };
  });
}

/** Whether a ratio is known to be so near 1 that it does not matter. */
export function isEqual({ lo, hi }: Pick<Interval, 'lo' | 'hi'>, equalWithin: number): boolean {
  return lo >= 1 / (1 + equalWithin) && hi <= 1 + equalWithin;
}

/** Doubts by which a latency is partly that of the generator. */
const ownTime: readonly WarningKind[] = ['generator-lag'];

type Undecided = Required<Pick<Finding, 'undecided' | 'reason'>>;

function limitedOrFew({ baseline, target }: Pair<Cell>, { n }: PairedRatio): Undecided | undefined {
  const limited = [baseline, target]
    .filter((cell) => cell.limiter === 'generator')
    .map((cell) => cell.target);
  if (limited.length > 0) {
    const names = [...new Set(limited)].join(' and ');
    return { undecided: 'generator', reason: `the generator limited ${names}` };
  }
  if (n >= MIN_BLOCKS) return undefined;
  const measured = samplesText(n, target.scenario);
  return {
    undecided: 'few-blocks',
    reason: `${measured} cannot show a difference at 95 %; ${MIN_BLOCKS} can`,
  };
}

function partlyLateness({ baseline, target }: Pair<Cell>): Undecided | undefined {
  const own = [baseline, target].find((cell) => cell.warnings.some(({ kind }) => ownTime.includes(kind)));
  return (
    own && {
      undecided: 'generator',
      reason: `a part of ${own.target}’s figure is the generator’s own delay`,
    }
  );
}
