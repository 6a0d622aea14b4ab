import { describe, expect, test } from 'vitest';
import { provenTargets } from '../suite/proven-targets.ts';
import { TargetUnavailable } from '../target-unavailable.ts';
import { fuzz } from './fuzz.ts';
import { type Deflate, deflates } from './victim.ts';

const ATTACKS = 256;
const unharmed = { attacks: ATTACKS, harm: undefined };

describe(`${ATTACKS} attacks of seed 1 do no harm, without deflate and with it`, () => {
  test.for(provenTargets)('$name', async (target, { skip }) => {
    const short = deflates(target).filter((deflate) => deflate !== 'takeover');
    const run = (deflate: Deflate) =>
      fuzz({ target, deflate, seed: '1', from: 0, goOn: (attacks) => attacks < ATTACKS });
    const outcomes = await Promise.all(short.map(run)).catch((error: unknown) => {
      if (error instanceof TargetUnavailable) skip(`the target ${target.name}: ${error.message}`);
      throw error;
    });
    expect(outcomes.map(({ attacks, finding }) => ({ attacks, harm: finding?.harm }))).toEqual(
      outcomes.map(() => unharmed),
    );
  });
});
