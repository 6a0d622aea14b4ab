import type { Cell, Comparison } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import type { MeasuredCase } from './rounds.ts';
import { MIN_SAMPLES_FOR_INTERVAL, rangeCoverage } from './statistics/bootstrap.ts';

/** What a reader must know of the whole run before its figures, a sentence each. */
export function notesOf(run: Run, cells: readonly Cell[], comparisons: readonly Comparison[]): string[] {
  return [
    ...unfinished(run),
    ...missingTargets(run),
    ...intervals(cells),
    ...undecided(comparisons),
    ...corrected(comparisons),
  ];
}

/** The cases that failed, and those that never came to be measured, a sentence each. */
export function problemsOf(run: Run, cases: readonly MeasuredCase[]): string[] {
  const available = new Set(run.targets.filter((target) => target.available).map((target) => target.name));
  const problems = cases.flatMap(({ case: one, failed }) =>
    failed.map(
      ({ round, error }) => `${one.scenario} of ${one.target} (${one.route}), round ${round + 1}: ${error}`,
    ),
  );
  const never = cases.filter(
    ({ case: one, good, failed }) => good.length + failed.length === 0 && available.has(one.target),
  );
  if (never.length > 0) {
    const names = [...new Set(never.map(({ case: one }) => `${one.scenario} of ${one.target}`))];
    const some =
      names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
    problems.push(`${count(never.length, 'case was', 'cases were')} never measured: ${some}`);
  }
  return problems;
}

function unfinished({ end, trials }: Run): string[] {
  return end ? [] : [`The run did not come to its end: this is what its first ${trials.length} trials say.`];
}

function missingTargets({ targets }: Run): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, available, reason = 'it could not be started' } of targets) {
    if (!available) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  return [...byReason].map(
    ([reason, names]) => `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing: ${reason}.`,
  );
}

function intervals(cells: readonly Cell[]): string[] {
  const few = new Set(cells.map((cell) => cell.estimate.n).filter((n) => n < MIN_SAMPLES_FOR_INTERVAL));
  if (few.size === 0) return [];
  const worth = [...few]
    .sort((a, b) => b - a)
    .map((n) => `${Math.round(rangeCoverage(n) * 100)} % at n = ${n}`)
    .join(', ');
  return [
    `With fewer than ${MIN_SAMPLES_FOR_INTERVAL} rounds an interval is the range of the rounds; the chance that it holds the true median is ${worth}.`,
  ];
}

function undecided(comparisons: readonly Comparison[]): string[] {
  const of = (kind: Comparison['undecided']) => comparisons.filter((one) => one.undecided === kind);
  const [generator, few] = [of('generator'), of('few-rounds')];
  return [
    ...(generator.length > 0
      ? [
          `${count(generator.length, 'comparison is', 'comparisons are')} undecided, because the generator was the limit or missed its schedule.`,
        ]
      : []),
    ...(few.length > 0
      ? [`${count(few.length, 'comparison is', 'comparisons are')} undecided: ${few[0]!.reason}.`]
      : []),
  ];
}

function corrected(comparisons: readonly Comparison[]): string[] {
  const tested = comparisons.filter((comparison) => comparison.reason === undefined).length;
  if (tested < 2) return [];
  return [
    `${tested} comparisons were tested together (Mann–Whitney, two-sided); p is adjusted so that at most 5 % of the differences called are false (Benjamini–Hochberg). ~ means that no difference was shown.`,
  ];
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
