import type { Target } from '../targets.ts';
import type { Attack } from './attack.ts';
import { reduce } from './reduce.ts';
import { type Deflate, type Harm, Victim } from './victim.ts';

/** How often attacks are tried before they count as harmless: some harm needs luck. */
const TRIES = 12;

/** The harm that `attacks` do to a fresh server; undefined when they do none in some tries. */
export async function replay(
  target: Target,
  deflate: Deflate,
  attacks: readonly Attack[],
): Promise<Harm | undefined> {
  const victim = await Victim.start(target, deflate);
  try {
    for (let left = TRIES; left > 0; left -= 1) {
      const harm = await victim.suffer(attacks);
      if (harm) return harm;
    }
    return await victim.leak();
  } finally {
    await victim.stop();
  }
}

/**
 * The smallest part of `attacks` for which `harms` is true that was found: fewer attackers, fewer steps of each, fewer
 * bytes of each step.
 * @param goOn once it says no, what was found until then is returned.
 * @returns undefined when `harms` is not true of all of them together.
 */
export async function reproduction(
  attacks: readonly Attack[],
  harms: (fewer: readonly Attack[]) => Promise<boolean>,
  goOn: () => boolean,
): Promise<readonly Attack[] | undefined> {
  if (!(await harms(attacks))) return undefined;
  let least = await reduce(attacks, harms, goOn);
  for (let i = 0; i < least.length; i += 1) {
    const others = least;
    const withSteps = (steps: Attack) => others.with(i, steps);
    let attack = await reduce(least[i]!, (steps) => harms(withSteps(steps)), goOn);
    for (const [j, step] of attack.entries()) {
      if (step.kind !== 'send') continue;
      const steps = attack;
      const withBytes = (bytes: readonly number[]) => steps.with(j, { ...step, bytes: Buffer.from(bytes) });
      attack = withBytes(await reduce([...step.bytes], (bytes) => harms(withSteps(withBytes(bytes))), goOn));
    }
    least = withSteps(attack);
  }
  return least;
}
