import type { Run } from '@ws-arena/results/run-file';
import { type Case, caseKey, type Params, type Trial } from '@ws-arena/results/trial';

/** One case with what its rounds gave. */
export interface MeasuredCase {
  readonly case: Case;
  /** The trials that ended well, in the order of the rounds. */
  readonly good: readonly Trial[];
  readonly failed: readonly Trial[];
  /** Rounds that were planned of it: the most that any target had of this scenario, route and parameters. */
  readonly planned: number;
}

const paramsKeys = new WeakMap<Params, string>();

/** What two cases that differ only in their target have in common. */
export function groupKey({ scenario, route, params }: Omit<Case, 'target'>): string {
  let key = paramsKeys.get(params);
  if (key === undefined) {
    // All cells of a case share one object of parameters, and a large report asks for their keys often.
    key = caseKey({ scenario: 'echo', target: '', route: 'direct', params });
    paramsKeys.set(params, key);
  }
  return `${scenario} ${route} ${key}`;
}

/** The cases of a run in the order of its plan, each with its trials; of a round measured twice, the later counts. */
export function measuredCases(run: Run): MeasuredCase[] {
  const byCase = new Map<string, { case: Case; rounds: Map<number, Trial> }>();
  for (const one of run.header.cases) byCase.set(caseKey(one), { case: one, rounds: new Map() });
  for (const trial of run.trials) {
    const key = caseKey(trial.case);
    const entry = byCase.get(key) ?? { case: trial.case, rounds: new Map<number, Trial>() };
    byCase.set(key, entry);
    entry.rounds.set(trial.round, trial);
  }
  const planned = new Map<string, number>();
  for (const { case: one, rounds } of byCase.values()) {
    planned.set(groupKey(one), Math.max(planned.get(groupKey(one)) ?? 0, rounds.size));
  }
  return [...byCase.values()].map(({ case: one, rounds }) => {
    const trials = [...rounds.values()].sort((a, b) => a.round - b.round);
    return {
      case: one,
      good: trials.filter((trial) => trial.error === undefined),
      failed: trials.filter((trial) => trial.error !== undefined),
      planned: planned.get(groupKey(one))!,
    };
  });
}
