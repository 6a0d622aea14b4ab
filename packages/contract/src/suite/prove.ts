import { targetNamed } from '../targets.ts';
import { Fleet } from './fleet.ts';
import { rows } from './rows.ts';

/** What one row showed on one target. */
export interface RowOutcome {
  readonly about: string;
  readonly name: string;
  readonly expected: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** Rows at work at once: most of them wait for a deadline, not for a processor. */
const AT_ONCE = 8;

/**
 * Runs the rows whose name holds `only` on the target of that name, and tells each outcome as it comes; a row that
 * throws has its error for an outcome.
 */
export async function prove(
  targetName: string,
  onOutcome: (outcome: RowOutcome) => void,
  only = '',
): Promise<void> {
  const target = targetNamed(targetName);
  if (!target) throw new Error(`there is no target ${targetName}`);
  const fleet = new Fleet(target);
  const left = rows.filter((row) => `${row.about}: ${row.name}`.includes(only));
  const work = async () => {
    for (let row = left.shift(); row; row = left.shift()) {
      const startedAtMs = performance.now();
      const outcome = await row.run(fleet).catch((error: unknown) => `error: ${(error as Error).message}`);
      const expected = row.expected(target.capabilities);
      onOutcome({
        about: row.about,
        name: row.name,
        expected,
        outcome,
        tookMs: performance.now() - startedAtMs,
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await fleet.stop();
  }
}
