import type { WarningKind } from '@ws-arena/load/warning';
import type { Cell, Comparison } from '@ws-arena/results/report-file';
import type { Case } from '@ws-arena/results/trial';
import { metricNamed } from './metrics.ts';
import { groupKey } from './rounds.ts';
import { ratioInterval } from './statistics/bootstrap.ts';
import { adjustForFalseDiscovery } from './statistics/false-discovery.ts';
import { ALPHA, type Interval } from './statistics/interval.ts';
import { mannWhitney, smallestP } from './statistics/mann-whitney.ts';

/** Two cells of the same metric; the ratio is `target` ÷ `baseline`. */
export interface Pair {
  readonly baseline: Cell;
  readonly target: Cell;
}

/** What a comparison of two cells found. */
export interface Finding {
  readonly ratio: Interval;
  readonly p: number;
  readonly verdict: 'better' | 'worse' | '~';
  /** Nothing could be decided: the generator was the limit, or there were too few rounds. */
  readonly undecided?: NonNullable<Comparison['undecided']>;
  /** Why, as one clause. */
  readonly reason?: string;
}

type Undecided = Required<Pick<Finding, 'undecided' | 'reason'>>;

/**
 * Compares every pair, and adjusts p for all those that could have shown a difference. A pair that cannot be decided
 * (too few rounds for the test to reach 95 %, a figure that the generator limited) is `~` with a reason, and is not
 * counted among the others: a test that can find nothing finds nothing falsely (Tarone, Biometrics 46, 1990).
 * Undefined stands for a pair without a ratio, because a figure is not above 0.
 */
export function comparePairs(pairs: readonly Pair[]): (Finding | undefined)[] {
  const tests = pairs.map(({ baseline, target }) => {
    const ratio = ratioOf(target, baseline);
    if (!ratio) return undefined;
    const { p, u } = mannWhitney(target.samples, baseline.samples);
    const direction = Math.sign(u - (target.samples.length * baseline.samples.length) / 2);
    return { ratio, p, direction, open: undecidable(baseline, target) };
  });
  const decidable = tests.filter((test) => test && !test.open);
  const adjusted = adjustForFalseDiscovery(decidable.map((test) => test!.p));
  const adjustedOf = new Map(decidable.map((test, index) => [test, adjusted[index]!]));
  return tests.map((test, index) => {
    if (!test) return undefined;
    const { ratio, open } = test;
    if (open) return { ratio, p: test.p, verdict: '~', ...open };
    const p = adjustedOf.get(test)!;
    return { ratio, p, verdict: verdictOf(p, ratio, test.direction, pairs[index]!.target.better) };
  });
}

/** Each target against `baseline` in every figure that both have; the cost of the generator is not compared. */
export function compareToBaseline(cells: readonly Cell[], baseline: string): Comparison[] {
  const bases = new Map<string, Cell>();
  for (const cell of cells) if (cell.target === baseline) bases.set(cellKey(cell), cell);
  const pairs: Pair[] = [];
  for (const target of cells) {
    const base = bases.get(cellKey(target));
    if (base && target !== base && isOfTheServer(target.metric)) pairs.push({ baseline: base, target });
  }
  const findings = comparePairs(pairs);
  return pairs.flatMap(({ target }, index) => {
    const finding = findings[index];
    if (!finding) return [];
    const { scenario, route, params, metric } = target;
    return [{ scenario, route, params, metric, baseline, target: target.target, ...finding }];
  });
}

/** What cells of the same figure of different targets have in common. */
export function cellKey(cell: Omit<Case, 'target'> & { readonly metric: string }): string {
  return `${groupKey(cell)} ${cell.metric}`;
}

/** Whether a figure says something about the server; the generator's own cost does not. */
export function isOfTheServer(metric: string): boolean {
  return !metric.endsWith('Generator');
}

function undecidable(baseline: Cell, target: Cell): Undecided | undefined {
  const limited = [baseline, target].filter((cell) => cell.limiter === 'generator');
  if (limited.length > 0) {
    const names = [...new Set(limited.map((cell) => cell.target))].join(' and ');
    return { undecided: 'generator', reason: `the generator limited ${names}` };
  }
  const own = [baseline, target].find((cell) => cell.warnings.some(({ kind }) => ownTime.includes(kind)));
  if (own)
    return { undecided: 'generator', reason: `a part of ${own.target}’s figure is the generator’s own time` };
  const late = [baseline, target].find((cell) => isTimed(cell.metric) && wasLate(cell));
  if (late)
    return { undecided: 'generator', reason: `the generator missed its schedule with ${late.target}` };
  if (smallestP(baseline.samples.length, target.samples.length) <= ALPHA) return undefined;
  return {
    undecided: 'few-rounds',
    reason: tooFew(Math.min(baseline.samples.length, target.samples.length)),
  };
}

/** The clause that says why so few rounds decide nothing; 4 would do for one comparison, and 5 also for many. */
function tooFew(rounds: number): string {
  return `${rounds === 1 ? '1 round' : `${rounds} rounds`} cannot show a difference at 95 %: use --rounds 5`;
}

/** Doubts by which a latency is partly that of the generator. */
const ownTime: readonly WarningKind[] = ['generator-lag', 'cores-shared'];

/** Whether the generator missed its schedule in at least half of the rounds; in fewer, the other rounds speak. */
function wasLate({ warnings }: Cell): boolean {
  return warnings.some(({ kind, share = 1 }) => kind === 'behind-schedule' && share >= 0.5);
}

function isTimed(metric: string): boolean {
  return metricNamed(metric)?.quantile !== undefined;
}

function ratioOf(target: Cell, baseline: Cell): Interval | undefined {
  if ([...target.samples, ...baseline.samples].some((value) => !(value > 0))) return undefined;
  if (target.samples.length === 0 || baseline.samples.length === 0) return undefined;
  const { lo, hi } = ratioInterval(target.samples, baseline.samples);
  // Centers of far percentiles come from merged histograms, and may lie beside the medians of their rounds.
  const center = target.estimate.center / baseline.estimate.center;
  return { center, lo: Math.min(lo, center), hi: Math.max(hi, center) };
}

function verdictOf(
  p: number,
  ratio: Interval,
  direction: number,
  better: 'higher' | 'lower',
): 'better' | 'worse' | '~' {
  if (p > ALPHA || direction === 0 || Math.sign(ratio.center - 1) !== direction) return '~';
  return direction > 0 === (better === 'higher') ? 'better' : 'worse';
}
