import { full } from '@ws-arena/contract/capabilities';
import type { Target } from '@ws-arena/contract/targets';
import { median } from '@ws-arena/report/statistics/median';
import { costOf } from '../measure/group-state.ts';
import { type PresetName, presets } from '../plan/presets.ts';
import { costRatio, type Lab, type Load, measureLoads } from './lab.ts';
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
  readonly repetitions: number;
  readonly found: number;
}

/** A server that is dearer by a known part of its CPU per message: how often is it found to be? */
export async function handicapTest(lab: Lab, plan: HandicapPlan): Promise<SelfTest[]> {
  const { halfWidth, targetMs, ladder, connections } = presets[plan.preset];
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
  const precision = { halfWidth, targetMs };
  const ratios = [];
  const costNs = await typicalCostNs(lab, load);
  const burnUs = OWN_BURN_US + (costNs * plan.handicap) / 1000;
  for (let turn = 0; turn < plan.repetitions; turn += 1) {
    const targets = [stub(PLAIN, OWN_BURN_US), stub(HANDICAPPED, burnUs)];
    const [measured] = await lab.withArena(precision, (arena) => measureLoads(arena, targets, [load]));
    ratios.push(costRatio(measured!, HANDICAPPED, PLAIN));
  }
  const found = ratios.filter(({ p, ratio }) => p < 0.05 && ratio.center > 1).length;
  const centers = ratios.map(({ ratio }) => ratio.center);
  const wanted = Math.ceil(plan.found * plan.repetitions);
  return [
    {
      name: `handicap of ${plan.handicap * 100} % of CPU per message, with the precision of ${plan.preset}`,
      expected: `found in at least ${wanted} of ${plan.repetitions}`,
      found: `${found} of ${plan.repetitions}, ratios ${Math.min(...centers).toFixed(3)} to ${Math.max(...centers).toFixed(3)}`,
      passed: found >= wanted,
    },
  ];
}

async function typicalCostNs(lab: Lab, load: Load): Promise<number> {
  const targets = [stub(PLAIN, OWN_BURN_US)];
  const [measured] = await lab.withArena({ targetMs: 2000, halfWidth: 0 }, (arena) =>
    measureLoads(arena, targets, [load]),
  );
  return median(measured!.slices.get(PLAIN)!.map(costOf));
}
