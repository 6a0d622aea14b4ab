import type { Target } from '../targets.ts';
import type { Attack } from './attack.ts';
import { growth } from './growth.ts';
import { makeAttack } from './make-attack.ts';
import { Random } from './random.ts';
import { type Deflate, type Harm, Victim } from './victim.ts';

/** Attacks between two looks at the server and its healthy client. */
const WAVE = 64;
/** Waves between two looks at what the attackers left behind. */
const WAVES_A_CHECK = 16;

/** What is fuzzed, and how it is made again: the same seed makes the same attacks. */
export interface FuzzOptions {
  readonly target: Target;
  readonly deflate: Deflate;
  readonly seed: string;
  /** The number of the first attack. */
  readonly from: number;
  /** Whether to go on, asked before each wave of attacks with how many were made. */
  readonly goOn: (attacks: number) => boolean;
}

/** How a fuzzing run ended. */
export interface FuzzOutcome {
  /** Attacks made, those of the last wave included. */
  readonly attacks: number;
  /** What ended the run early, and the attacks among which its cause is; none for growth, which is of all. */
  readonly finding?: { readonly harm: Harm; readonly attacks: readonly Attack[] };
  /** Resident memory of the server in bytes, each time after the attackers had left. */
  readonly memory: readonly number[];
}

/**
 * Starts a server and attacks it, until it comes to harm or `goOn` says no.
 * @throws TargetUnavailable when the target cannot run here.
 */
export async function fuzz({ target, deflate, seed, from, goOn }: FuzzOptions): Promise<FuzzOutcome> {
  const victim = await Victim.start(target, deflate);
  const memory: number[] = [];
  let attacks = 0;
  let unchecked: Attack[] = [];
  try {
    while (goOn(attacks)) {
      const wave = Array.from({ length: WAVE }, (_, i) =>
        makeAttack(new Random(`${seed}/${from + attacks + i}`), victim.prey),
      );
      attacks += WAVE;
      unchecked.push(...wave);
      const harm = await victim.suffer(wave);
      if (harm) return { attacks, finding: { harm, attacks: wave }, memory };
      if (attacks % (WAVE * WAVES_A_CHECK) !== 0 && goOn(attacks)) continue;
      const leak = await victim.leak();
      if (leak) return { attacks, finding: { harm: leak, attacks: unchecked }, memory };
      unchecked = [];
      memory.push(victim.residentBytes());
    }
    const grown = growth(memory);
    return { attacks, ...(grown && { finding: { harm: grown, attacks: [] } }), memory };
  } finally {
    await victim.stop();
  }
}
