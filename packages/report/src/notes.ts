import type { Comparison } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import type { MeasuredCase } from './blocks.ts';
import { laneKey } from './ladders.ts';
import { count } from './view/labels.ts';

/** What a reader must know of the whole run before its figures, a sentence each. */
export function notesOf(run: Run, comparisons: readonly Comparison[]): string[] {
  return [...unfinished(run), ...missingTargets(run), ...undecided(comparisons)];
}

/** The cases that failed, and those that never came to be measured, a sentence each. */
export function problemsOf(run: Run, cases: readonly MeasuredCase[]): string[] {
  const available = new Set(run.targets.filter((target) => target.available).map((target) => target.name));
  const failed = cases.flatMap(({ case: { scenario, target, route }, failed: lines }) => {
    const by = Map.groupBy(lines, ({ error }) => error);
    return [...by].map(([error, { length }]) => {
      const times = length > 1 ? ` (${length} times)` : '';
      return `${scenario} of ${target}, ${route}: ${error}${times}`;
    });
  });
  const isMeasured = ({ slices, trials, failed: lines }: MeasuredCase) =>
    slices.length + trials.length + lines.length > 0;
  const climbed = new Set(cases.filter(isMeasured).map(({ case: one }) => `${one.target} ${laneKey(one)}`));
  // Above the rate that broke a target its ladder ends.
  const left = ({ case: one }: MeasuredCase) =>
    one.scenario === 'load' && climbed.has(`${one.target} ${laneKey(one)}`);
  const never = cases.filter((one) => !isMeasured(one) && !left(one) && available.has(one.case.target));
  if (never.length === 0) return failed;
  const names = [...new Set(never.map(({ case: one }) => `${one.scenario} of ${one.target}`))];
  const more = names.length > 6 ? ` and ${names.length - 6} more` : '';
  return [...failed, `${count(never.length, 'case')} never measured: ${names.slice(0, 6).join(', ')}${more}`];
}

function unfinished({ end, slices, trials }: Run): string[] {
  if (end) return [];
  return [
    `The run did not come to its end: this is what its first ${slices.length} slices and ${trials.length} trials say.`,
  ];
}

function missingTargets({ targets }: Run): string[] {
  const missing = targets.filter(({ available }) => !available);
  const byReason = Map.groupBy(missing, ({ reason = 'it could not be started' }) => reason);
  return [...byReason].map(([reason, ones]) => {
    const names = ones.map(({ name }) => name).join(', ');
    return `${names} ${ones.length === 1 ? 'is' : 'are'} missing: ${reason}.`;
  });
}

const whyUndecided = {
  generator: 'the generator was the limit, or late',
  'few-blocks': 'measured in too few blocks to show a difference at 95 %',
} as const;

/** Comparisons that nothing could have decided. */
function undecided(comparisons: readonly Comparison[]): string[] {
  const kinds = [...Map.groupBy(comparisons, (one) => one.undecided)];
  return kinds.flatMap(([kind, ones]) =>
    kind ? [`${count(ones.length, 'comparison')} undecided: ${whyUndecided[kind]}.`] : [],
  );
}
