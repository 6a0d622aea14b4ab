import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** The variable that names the file in which reasons for skipped tests are gathered over all packages. */
export const SKIPPED_FILE = 'ARENA_SKIPPED_FILE';

/** Adds reasons to the list that a run of all packages ends with; a run of one package prints them. */
export function tellSkipped(reasons: readonly string[]): void {
  const file = process.env[SKIPPED_FILE];
  if (file === undefined) process.stdout.write(skippedList(reasons));
  else appendFileSync(file, reasons.map((reason) => `${JSON.stringify(reason)}\n`).join(''));
}

/** The reasons in `file`. */
export function gathered(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as string);
}

/** One list of the reasons, each once, as text; empty without any. */
export function skippedList(reasons: readonly string[]): string {
  const each = [...new Set(reasons)].sort();
  if (each.length === 0) return '';
  return `\nSkipped on this machine:\n${each.map((reason) => `- ${reason}\n`).join('')}`;
}
