import type { Case } from '@ws-arena/results/trial';
import { caseKey } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';

/** One measurement to be made. */
export interface Turn {
  readonly case: Case;
  readonly round: number;
}

const few: readonly string[] = ['hold', 'http', 'limit', 'slo', 'deflate'];
/** A search is many measurements in itself. */
const MOST_SEARCHES = 3;

/** How often the cases of a scenario are measured. */
export function roundsOf(scenario: string, config: Pick<BenchConfig, 'rounds' | 'fewRounds'>): number {
  if (!few.includes(scenario)) return config.rounds;
  return scenario === 'slo' ? Math.min(MOST_SEARCHES, config.fewRounds) : config.fewRounds;
}

/**
 * The order of a run: rounds outermost, and within a round the targets of each case take turns, the first one changing
 * from round to round (A B C, B C A, …), so that drift of the machine hits all alike.
 */
export function order(cases: readonly Case[], config: Pick<BenchConfig, 'rounds' | 'fewRounds'>): Turn[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = caseKey({ ...one, target: '' });
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const turns: Turn[] = [];
  for (let round = 0; round < config.rounds; round += 1) {
    for (const group of groups.values()) {
      if (round >= roundsOf(group[0]!.scenario, config)) continue;
      group.forEach((_, i) => {
        turns.push({ case: group[(i + round) % group.length]!, round });
      });
    }
  }
  return turns;
}
