import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const path = (target: string) => join(import.meta.dirname, 'expected', `${target}.json`);

/** The outcome of each case on a target as it was last recorded, by the case's name; empty before the first time. */
export function recorded(target: string): Record<string, string> {
  return existsSync(path(target))
    ? (JSON.parse(readFileSync(path(target), 'utf8')) as Record<string, string>)
    : {};
}

/** Records the outcomes of a target: the suite fails from then on when one of them changes. */
export function record(target: string, outcomes: Readonly<Record<string, string>>): void {
  writeFileSync(path(target), `${JSON.stringify(outcomes, undefined, 2)}\n`);
}
