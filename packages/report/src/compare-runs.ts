import type {
  Capacity,
  Cell,
  Comparison,
  Estimate,
  Finding,
  Ladder,
  Report,
} from '@ws-arena/results/report-file';
import { type Case, caseKey } from '@ws-arena/results/trial';
import { cellKey, compareCells, isEqual, type Pair } from './compare.ts';
import { equalLoadRates, laneKey, rateOf } from './ladders.ts';
import { metricNamed } from './metrics.ts';
import { caseText } from './view/labels.ts';

/** One figure of one target in two runs; the ratio is that of `b` ÷ `a`. */
export interface RunCellComparison extends Case, Finding {
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly a: Estimate;
  readonly b: Estimate;
  /** What was compared are the ratios to this target in either run; absent where it is the figures themselves. */
  readonly against?: { readonly baseline: string; readonly a: number; readonly b: number };
}

/** Something that was not the same in both runs; `undefined` where a run does not say. */
export interface Difference {
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Two runs beside each other. */
export interface RunComparison {
  readonly a: RunIdentity;
  readonly b: RunIdentity;
  /** Machine, versions and settings that differ: then a verdict is about all of these together. */
  readonly differences: readonly Difference[];
  readonly cells: readonly RunCellComparison[];
  /** How many of the figures, and how many cases of A were not measured in B: what a command may fail on. */
  readonly counts: Readonly<Record<Finding['verdict'] | 'missing', number>>;
  /** Cases that only one of the runs has, and failed or never ran in the other, a clause each. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

type RunIdentity = Pick<Report, 'command' | 'preset' | 'startedAt' | 'banner'>;

/** What a comparison of runs may be asked for. */
export interface RunComparisonOptions {
  /** A smaller change than this fraction is never called better or worse, e.g. 0.02; default 0. */
  readonly minChange?: number;
}

/**
 * Compares every figure that both runs have. Two runs are not paired with each other, and between them a machine changes. So
 * where both measured a common baseline, what is compared are the ratios to it: each was measured in blocks, in which the
 * state of the machine cancels. The baseline itself, and a run of one target, is compared by its figures, which the state
 * of the machine is a part of. p is adjusted over the figures of one target, because whether a target changed is one
 * question.
 */
export function compareRuns(
  a: Report,
  b: Report,
  { minChange = 0 }: RunComparisonOptions = {},
): RunComparison {
  const margin = minChange || Math.max(a.equalWithin, b.equalWithin);
  const pairs = pairsOf(a, b);
  const cells = [...Map.groupBy(pairs, ({ target }) => target.target).values()].flatMap((own) =>
    compareCells(own, margin).flatMap((finding, index): RunCellComparison[] =>
      finding ? [comparisonOf(own[index]!, ignoring(finding, minChange))] : [],
    ),
  );
  const all = [...cells, ...capacities(a, b)];
  const onlyInA = casesOnlyIn(a, b);
  const count = (verdict: Finding['verdict']) => all.filter((cell) => cell.verdict === verdict).length;
  return {
    a: identity(a),
    b: identity(b),
    differences: differencesOf(a, b),
    cells: all,
    counts: {
      better: count('better'),
      worse: count('worse'),
      equal: count('equal'),
      undecided: count('undecided'),
      missing: onlyInA.length,
    },
    onlyInA,
    onlyInB: casesOnlyIn(b, a),
  };
}

/** The cells of one figure, as they were and as they are compared: maybe as ratios to a baseline. */
interface RunPair extends Pair<Cell> {
  readonly a: Cell;
  readonly b: Cell;
  readonly against?: NonNullable<RunCellComparison['against']>;
}

function pairsOf(a: Report, b: Report): RunPair[] {
  const [ratesA, ratesB] = [equalLoadRates(a.ladders), equalLoadRates(b.ladders)];
  /** Of a ladder, one rate is compared: the lower of those at which the runs compare their targets. */
  const compared = (cell: Cell) => {
    const key = laneKey(cell);
    const rate = Math.min(ratesA.get(key) ?? 0, ratesB.get(key) ?? 0);
    return metricNamed(cell.metric)?.compared && (cell.scenario !== 'load' || rateOf(cell) === rate);
  };
  const before = new Map(a.cells.filter(compared).map((cell) => [keyOf(cell), cell]));
  const [ratiosA, ratiosB] = [a, b].map(
    ({ comparisons }) => new Map(comparisons.map((one) => [keyOf(one), one])),
  ) as [Map<string, Comparison>, Map<string, Comparison>];
  return b.cells.filter(compared).flatMap((cell): RunPair[] => {
    const base = before.get(keyOf(cell));
    if (!base) return [];
    const [inA, inB] = [ratiosA.get(keyOf(cell)), ratiosB.get(keyOf(cell))];
    if (!inA || !inB || inA.undecided || inB.undecided || inA.baseline !== inB.baseline)
      return [{ a: base, b: cell, baseline: base, target: cell }];
    const asRatio = (of: Cell, { ratio }: Comparison): Cell => ({
      ...of,
      estimate: { ...ratio, n: of.estimate.n },
    });
    const against = { baseline: inA.baseline, a: inA.ratio.center, b: inB.ratio.center };
    return [{ a: base, b: cell, baseline: asRatio(base, inA), target: asRatio(cell, inB), against }];
  });
}

function keyOf(one: Parameters<typeof cellKey>[0] & { readonly target: string }): string {
  return `${cellKey(one)} ${one.target}`;
}

function comparisonOf({ a, b, against }: RunPair, finding: Finding): RunCellComparison {
  const { scenario, target, route, params, metric, unit, better } = b;
  return {
    ...{ scenario, target, route, params, metric, unit, better, a: a.estimate, b: b.estimate },
    ...(against && { against }),
    ...finding,
  };
}

function ignoring(finding: Finding, minChange: number): Finding {
  const { center, lo, hi } = finding.ratio;
  if (Math.abs(Math.log(center)) >= Math.log1p(minChange) || finding.undecided) return finding;
  const equal = lo !== null && hi !== null && isEqual({ lo, hi }, minChange);
  return { ...finding, verdict: equal ? 'equal' : 'undecided' };
}

/** The highest rates that were kept: worse where B broke at a rate that A kept. */
function capacities(a: Report, b: Report): RunCellComparison[] {
  const key = (ladder: Ladder) => `${laneKey({ scenario: 'load', ...ladder })} ${ladder.target}`;
  const before = new Map(a.ladders.map((ladder) => [key(ladder), ladder]));
  return b.ladders.flatMap((after): RunCellComparison[] => {
    const base = before.get(key(after));
    if (!base?.kept || !after.kept) return [];
    const { target, route, params } = after;
    const estimate = ({ kept, broken }: Capacity) => ({ center: kept!, lo: kept, hi: broken, n: 1 });
    const ratio = { center: after.kept / base.kept, lo: null, hi: null };
    const about = {
      scenario: 'load',
      target,
      route,
      params,
      metric: 'capacity',
      unit: '1/s',
      better: 'higher',
    } as const;
    return [
      { ...about, a: estimate(base), b: estimate(after), ratio, p: 1, verdict: capacityVerdict(base, after) },
    ];
  });
}

function capacityVerdict(a: Capacity, b: Capacity): Finding['verdict'] {
  if (b.broken !== null && b.broken <= (a.kept ?? 0)) return 'worse';
  if (a.broken !== null && a.broken <= (b.kept ?? 0)) return 'better';
  return a.kept === b.kept && a.broken === b.broken ? 'equal' : 'undecided';
}

function identity({ command, preset, startedAt, banner }: Report): RunIdentity {
  return { command, preset, startedAt, banner };
}

function differencesOf(a: Report, b: Report): Difference[] {
  const inA = { ...flat(a.environment), ...versions(a) };
  const inB = { ...flat(b.environment), ...versions(b) };
  const names = [...new Set([...Object.keys(inA), ...Object.keys(inB)])];
  return names
    .filter((name) => inA[name] !== inB[name])
    .map((name) => ({ name, a: inA[name], b: inB[name] }));
}

// Figures of a same machine that vary from run to run by themselves would hide the differences that matter.
const incidental = new Set(['memoryBytes']);

function flat({ settings, ...machine }: Report['environment']): Record<string, string | undefined> {
  return Object.fromEntries(
    [...Object.entries(machine), ...Object.entries(settings)]
      .filter(([name, value]) => value !== undefined && !incidental.has(name))
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

function versions({ targets }: Report): Record<string, string | undefined> {
  const ran = targets.filter(({ available }) => available);
  return Object.fromEntries(
    ran.map(({ name, library, version, runtime }) => [
      name,
      `${library} ${version}${runtime ? ` on ${runtime}` : ''}`,
    ]),
  );
}

/** Of a ladder that both have, the rates above the one that broke a target are not missing. */
function casesOnlyIn(one: Report, other: Report): string[] {
  const nameOf = (cell: Cell) =>
    cell.scenario === 'load' ? `${laneKey(cell)} ${cell.target}` : caseKey(cell);
  const known = new Set(other.cells.map(nameOf));
  const missing = one.cells.filter((cell) => !known.has(nameOf(cell)));
  return [...new Set(missing.map((cell) => `${cell.target}: ${caseText(cell)}`))];
}
