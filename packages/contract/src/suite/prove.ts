import { eachAtOnce } from '../each-at-once.ts';
import type { Target } from '../targets.ts';
import { Fleet } from './fleet.ts';
import type { Row } from './row.ts';
import { redisRows } from './rows/redis.ts';
import { rows } from './rows.ts';

/** What one row showed on one target. */
export interface RowOutcome {
  readonly row: Row;
  readonly expected: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** Rows at work at once: most of them wait for a deadline, not for a processor. */
const AT_ONCE = 8;

/**
 * Runs the rows that need no Redis and whose name holds `only` on `target`, and tells each outcome as it comes; a row that throws has its
 * error for an outcome.
 * @throws TargetUnavailable when the target cannot run here.
 */
export async function prove(
  target: Target,
  onOutcome: (outcome: RowOutcome) => void,
  only = '',
): Promise<void> {
  const fleet = new Fleet(target);
  const asked = rows.filter((row) => !redisRows.includes(row) && `${row.about}: ${row.name}`.includes(only));
  try {
    await fleet.server('base');
    await eachAtOnce(asked, AT_ONCE, async (row) => {
      const startedAtMs = performance.now();
      const outcome = await row.run(fleet).catch((error: unknown) => `error: ${(error as Error).message}`);
      const expected = row.expected(target.capabilities);
      onOutcome({ row, expected, outcome, tookMs: performance.now() - startedAtMs });
    });
  } finally {
    await fleet.stop();
  }
}
