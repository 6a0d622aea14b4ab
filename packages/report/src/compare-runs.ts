import type { Cell, Comparison, Estimate, Limiter, Report } from '@ws-arena/results/report-file';
import type { Case } from '@ws-arena/results/trial';
import { describeParams } from './case-tables.ts';
import { cellKey, comparePairs, isOfTheServer } from './compare.ts';

/** One figure of one target in two runs; the ratio is that of `b` ÷ `a`. */
export interface RunCellComparison extends Case {
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly a: Estimate;
  readonly b: Estimate;
  readonly limiterA: Limiter | null;
  readonly limiterB: Limiter | null;
  readonly ratio: Comparison['ratio'];
  readonly p: number;
  readonly verdict: Comparison['verdict'];
  readonly undecided?: NonNullable<Comparison['undecided']>;
  readonly reason?: string;
}

/** Something that was not the same in both runs; `undefined` where a run does not say. */
export interface Difference {
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Cases that both runs have, but at rates that each run calibrated for itself: their figures are not comparable. */
export interface RateDifference {
  /** Scenario, route and the other parameters. */
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

/** Two runs beside each other. */
export interface RunComparison {
  readonly a: Pick<Report, 'command' | 'preset' | 'startedAt'>;
  readonly b: Pick<Report, 'command' | 'preset' | 'startedAt'>;
  /** Machine, versions and settings that differ: then a verdict is about all of these together. */
  readonly differences: readonly Difference[];
  readonly cells: readonly RunCellComparison[];
  readonly otherRates: readonly RateDifference[];
  /** Cases that only one of the runs has, and failed or never ran in the other, a clause each. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** What a comparison of runs may be asked for. */
export interface RunComparisonOptions {
  /** A change smaller than this share is `~` even where it is certain, e.g. 0.02; default 0. */
  readonly minChange?: number;
}

/**
 * Compares every figure that both runs have; the generator's own cost is left out. p is adjusted over the figures of one
 * target, because whether a target changed is one question: adjusted over all, the exact test's smallest p at 6 rounds
 * could not show that one of six targets got slower.
 */
export function compareRuns(
  a: Report,
  b: Report,
  { minChange = 0 }: RunComparisonOptions = {},
): RunComparison {
  const key = (cell: Cell) => `${cellKey(cell)} ${cell.target}`;
  const before = new Map(a.cells.map((cell) => [key(cell), cell]));
  const pairs = b.cells.flatMap((target) => {
    const baseline = before.get(key(target));
    return baseline && isOfTheServer(target.metric) ? [{ baseline, target }] : [];
  });
  const findings = new Map(
    [...Map.groupBy(pairs, ({ target }) => target.target).values()].flatMap((own) =>
      comparePairs(own).map((finding, index) => [own[index]!, finding] as const),
    ),
  );
  const cells = pairs.flatMap((pair): RunCellComparison[] => {
    const { baseline, target } = pair;
    const finding = findings.get(pair);
    if (!finding) return [];
    const { scenario, route, params, metric, unit, better } = target;
    const small = Math.abs(Math.log(finding.ratio.center)) < Math.log1p(minChange);
    return [
      {
        ...{ scenario, target: target.target, route, params, metric, unit, better },
        a: baseline.estimate,
        b: target.estimate,
        limiterA: baseline.limiter,
        limiterB: target.limiter,
        ...finding,
        verdict: small ? '~' : finding.verdict,
      },
    ];
  });
  const otherRates = otherRatesOf(a, b);
  return {
    a: identity(a),
    b: identity(b),
    differences: differencesOf(a, b),
    cells,
    otherRates,
    onlyInA: casesOnlyIn(a, b, otherRates),
    onlyInB: casesOnlyIn(b, a, otherRates),
  };
}

function identity({ command, preset, startedAt }: Report): RunComparison['a'] {
  return { command, preset, startedAt };
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

function flat(environment: Report['environment']): Record<string, string | undefined> {
  const { settings, ...machine } = environment;
  const entries = [
    ...Object.entries(machine),
    ...Object.entries(settings).map(([name, value]) => [name, value] as const),
  ];
  return Object.fromEntries(
    entries
      .filter(([name, value]) => value !== undefined && !incidental.has(name))
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

function versions({ targets }: Report): Record<string, string | undefined> {
  return Object.fromEntries(
    targets
      .filter((target) => target.available)
      .map(({ name, library, version, runtime }) => [
        name,
        `${library} ${version}${runtime ? ` on ${runtime}` : ''}`,
      ]),
  );
}

function casesOnlyIn(one: Report, other: Report, apart: readonly RateDifference[]): string[] {
  const known = new Set(other.cells.map(caseName));
  const told = new Set(apart.map(({ name }) => name));
  const cases = one.cells.filter((cell) => !told.has(nameWithoutRate(cell)));
  return [...new Set(cases.map(caseName))].filter((name) => !known.has(name));
}

function otherRatesOf(a: Report, b: Report): RateDifference[] {
  const [before, after] = [ratesOf(a), ratesOf(b)];
  return [...before].flatMap(([name, [rate, ...more]]) => {
    const [other, ...others] = after.get(name) ?? [];
    // Several rates of one case were asked for and not calibrated, so each is a case of its own.
    if (rate === undefined || other === undefined || rate === other) return [];
    return more.length + others.length > 0 ? [] : [{ name, a: rate, b: other }];
  });
}

function ratesOf({ cells }: Report): Map<string, Set<number>> {
  const rates = new Map<string, Set<number>>();
  for (const cell of cells) {
    const rate = Number(cell.params.ratePerSec);
    if (rate > 0) rates.set(nameWithoutRate(cell), (rates.get(nameWithoutRate(cell)) ?? new Set()).add(rate));
  }
  return rates;
}

function nameWithoutRate({ scenario, route, params: { ratePerSec: _, ...params } }: Cell): string {
  return `${scenario}, ${route}, ${describeParams(params)}`;
}

/** A case as a clause: `echo of ws, direct, connections 100, window 1`. */
export function caseName({ scenario, target, route, params }: Case): string {
  return `${scenario} of ${target}, ${route}, ${describeParams(params)}`;
}
