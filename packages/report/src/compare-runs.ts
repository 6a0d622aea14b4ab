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

/** Two runs beside each other. */
export interface RunComparison {
  readonly a: Pick<Report, 'command' | 'preset' | 'startedAt'>;
  readonly b: Pick<Report, 'command' | 'preset' | 'startedAt'>;
  /** Machine, versions and settings that differ: then a verdict is about all of these together. */
  readonly differences: readonly Difference[];
  readonly cells: readonly RunCellComparison[];
  /** Cases that only one of the runs has, and failed or never ran in the other, a clause each. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** What a comparison of runs may be asked for. */
export interface RunComparisonOptions {
  /** A change smaller than this share is `~` even where it is certain, e.g. 0.02; default 0. */
  readonly minChange?: number;
}

/** Compares every figure that both runs have; p is adjusted over all of them. The generator's own cost is left out. */
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
  const findings = comparePairs(pairs);
  const cells = pairs.flatMap(({ baseline, target }, index): RunCellComparison[] => {
    const finding = findings[index];
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
  return {
    a: identity(a),
    b: identity(b),
    differences: differencesOf(a, b),
    cells,
    onlyInA: casesOnlyIn(a, b),
    onlyInB: casesOnlyIn(b, a),
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

function casesOnlyIn(one: Report, other: Report): string[] {
  const known = new Set(other.cells.map(caseName));
  return [...new Set(one.cells.map(caseName))].filter((name) => !known.has(name));
}

/** A case as a clause: `echo of ws, direct, connections 100, window 1`. */
export function caseName({ scenario, target, route, params }: Case): string {
  return `${scenario} of ${target}, ${route}, ${describeParams(params)}`;
}
