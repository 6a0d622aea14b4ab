import { describe, expect, test } from 'vitest';
import { TargetUnavailable } from '../target-unavailable.ts';
import { deflateSettings, fuzz, fuzzTargets } from './fuzz.ts';

const ATTACKS = 256;
const unharmed = { attacks: ATTACKS, harm: undefined };

describe(`${ATTACKS} attacks of seed 1 do no harm, without deflate and with it`, () => {
  test.for(fuzzTargets)('$name', async (target, { skip }) => {
    const run = (deflate: boolean) =>
      fuzz({ target, deflate, seed: '1', from: 0, goOn: (attacks) => attacks < ATTACKS });
    const outcomes = await Promise.all(deflateSettings(target).map(run)).catch((error: unknown) => {
      if (error instanceof TargetUnavailable) skip(`the target ${target.name}: ${error.message}`);
      throw error;
    });
    expect(outcomes.map(({ attacks, finding }) => ({ attacks, harm: finding?.harm }))).toEqual(
      outcomes.map(() => unharmed),
    );
  });
});
