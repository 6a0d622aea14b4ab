import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Outcomes of a suite's cases as they were last seen, a file for each target. */
export function outcomesIn(dir: string) {
  const path = (target: string) => join(dir, `${target}.json`);
  return {
    /** The outcome of each case on a target as it was last recorded, by the case's name; empty before the first time. */
    recorded: (target: string): Record<string, string> =>
      existsSync(path(target))
        ? (JSON.parse(readFileSync(path(target), 'utf8')) as Record<string, string>)
        : {},
    /** Records the outcomes of a target: the suite fails from then on when one of them changes. */
    record: (target: string, outcomes: Readonly<Record<string, string>>): void =>
      writeFileSync(path(target), `${JSON.stringify(outcomes, undefined, 2)}\n`),
  };
}

/** The outcomes of the RFC table. */
export const { recorded, record } = outcomesIn(join(import.meta.dirname, 'expected'));
