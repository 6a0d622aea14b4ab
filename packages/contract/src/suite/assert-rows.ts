import { afterAll, describe, expect, test } from 'vitest';
import { TargetUnavailable } from '../target-unavailable.ts';
import { Fleet, type StartRedis } from './fleet.ts';
import { provenTargets } from './proven-targets.ts';
import type { Row } from './row.ts';

/**
 * Declares a test for each row on each server that runs here, one server after the other: what a client sees is what
 * the capabilities say. A server that cannot run here has one test, skipped with the reason.
 * @param atOnce how many rows may be at work at once.
 * @param startRedis for rows that need one.
 */
export async function assertRows(
  rows: readonly Row[],
  atOnce: number,
  startRedis?: StartRedis,
): Promise<void> {
  const turn = turns(atOnce);
  const fleets = await Promise.all(
    provenTargets.map(async (target) => {
      const fleet = new Fleet(target, startRedis);
      return { fleet, unavailable: await whyUnavailable(fleet) };
    }),
  );
  describe.each(fleets)('$fleet.target.name', ({ fleet, unavailable }) => {
    afterAll(() => fleet.stop());
    if (unavailable) {
      test('can run here', ({ skip }) => skip(`the target ${fleet.target.name}: ${unavailable.message}`));
      return;
    }
    test.concurrent.each(rows)('$about: $name', async ({ run, expected }) => {
      expect(await turn(() => run(fleet))).toBe(expected(fleet.target.capabilities));
    });
  });
}

function turns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

async function whyUnavailable(fleet: Fleet): Promise<TargetUnavailable | undefined> {
  try {
    await fleet.server('base');
    return undefined;
  } catch (error) {
    if (error instanceof TargetUnavailable) return error;
    throw error;
  }
}
