import { full } from '@ws-arena/contract/capabilities';
import type { Target } from '@ws-arena/contract/targets';
import { median } from '@ws-arena/report/statistics/median';
import { costOf } from '../measure/group-state.ts';
import { type PresetName, presets } from '../plan/presets.ts';
import { calm, costRatio, type Lab, type Load, type MeasuredLoad, measureLoads } from './lab.ts';
import type { SelfTest } from './self-test.ts';

/** CPU that the stub spends on each message anyway, so that a handicap adds to a loop that runs in either case. */
const OWN_BURN_US = 2;
const PLAIN = 'plain';
const HANDICAPPED = 'handicapped';

/** An echo server that spends a known time on each message. */
function stub(name: string, burnUs: number): Target {
  return {
    name,
    library: 'stub',
    language: 'TypeScript',
    kind: 'bare',
    launch: {
      kind: 'node',
      entry: 'apps/loadgen/src/stub-main.ts',
      args: ['--burn-us', burnUs.toFixed(3)],
    },
    capabilities: full,
  };
}

/** How often a handicap must be found, and with the precision of which preset. */
export interface HandicapPlan {
  readonly handicap: number;
  readonly preset: PresetName;
  /** What the preset gives a case that a need is taken from, at least: what the other cases of its stage leave comes on top of its own. */
  readonly targetMs: number;
  readonly repetitions: number;
  /** The share that must be found on a machine left alone; on a busy one nothing may be found that is not so. */
  readonly found: number;
}

/** A test that fails by bad luck once in so many times at most. */
const BAD_LUCK = 0.01;

/** A server that costs more by a known part of its CPU per message: how often is it found to? */
export async function handicapTest(lab: Lab, plan: HandicapPlan): Promise<SelfTest[]> {
  const { halfWidth, sliceMs, ladder, connections } = presets[plan.preset];
  const load: Load = {
    scenario: 'load',
    route: 'direct',
    params: {
      connections,
      payloadBytes: 64,
      ratePerSec: Math.max(...ladder.direct.spread.slice(0, 2)),
      burst: 1,
    },
  };
  const precision = { halfWidth, targetMs: plan.targetMs, sliceMs };
  const all: MeasuredLoad[] = [];
  const costNs = await typicalCostNs(lab, load);
  const burnUs = OWN_BURN_US + (costNs * plan.handicap) / 1000;
  for (let turn = 0; turn < plan.repetitions; turn += 1) {
    const targets = [stub(PLAIN, OWN_BURN_US), stub(HANDICAPPED, burnUs)];
    all.push(...(await lab.withArena(precision, (arena) => measureLoads(arena, targets, [load]))));
  }
  const ratios = all.map((measured) => costRatio(measured, HANDICAPPED, PLAIN));
  const { alone, noise } = calm(all);
  const decided = ratios.filter(({ p }) => p < 0.05);
  const found = decided.filter(({ ratio }) => ratio.center > 1).length;
  const wrong = decided.length - found;
  const centers = ratios.map(({ ratio }) => ratio.center);
  const least = leastOf(plan.repetitions, plan.found);
  const power = `found in ${plan.found * 100} %, which is ${least} or more of ${plan.repetitions}; `;
  return [
    {
      name: `handicap of ${plan.handicap * 100} % of CPU per message, with the precision of ${plan.preset}`,
      expected: `${alone ? power : ''}the contrary in none`,
      found: `${found} of ${plan.repetitions}, the contrary in ${wrong}, ratios ${Math.min(...centers).toFixed(3)} to ${Math.max(...centers).toFixed(3)}${noise}`,
      passed: wrong === 0 && (!alone || found >= least),
    },
  ];
}

/** Of `n` tries that succeed with `probability` each, fewer than this succeed with a probability of `BAD_LUCK` at most. */
export function leastOf(n: number, probability: number): number {
  let below = 0;
  let exactly = (1 - probability) ** n;
  for (let k = 0; ; k += 1) {
    below += exactly;
    if (below > BAD_LUCK) return k;
    exactly *= ((n - k) / (k + 1)) * (probability / (1 - probability));
  }
}

async function typicalCostNs(lab: Lab, load: Load): Promise<number> {
  const targets = [stub(PLAIN, OWN_BURN_US)];
  const [measured] = await lab.withArena({ targetMs: 2000, halfWidth: 0 }, (arena) =>
    measureLoads(arena, targets, [load]),
  );
  return median(measured!.slices.get(PLAIN)!.map(costOf));
}
