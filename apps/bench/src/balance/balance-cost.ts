import { type BalanceMethod, balanceMethods } from '@ws-arena/infra/balance-method';
import { type PairedRatio, pairedRatio } from '@ws-arena/report/statistics/paired-ratio';
import type { Case } from '@ws-arena/results/trial';
import { measureSlice } from '../measure/measure-slice.ts';
import type { Session } from '../measure/session.ts';
import { balancedOrders } from '../measure/shuffled.ts';
import { benchConfig } from '../plan/bench-config.ts';
import { slicedLoad } from '../plan/loads.ts';
import { Arena } from '../processes/arena.ts';
import { pinning } from '../processes/pinning.ts';

/** CPU time of Nginx under one method, beside that under round-robin in the same blocks. */
export interface BalanceCost {
  /** Of each block, in nanoseconds. */
  readonly perMessageNs: readonly number[];
  readonly perHandshakeNs: readonly number[];
  readonly message: PairedRatio;
  readonly handshake: PairedRatio;
}

const BLOCKS = 20;
const WARM_BLOCKS = 3;
const cases = {
  perMessageNs: {
    scenario: 'load',
    params: { connections: 100, payloadBytes: 64, ratePerSec: 5000, burst: 1, instances: 3 },
  },
  perHandshakeNs: { scenario: 'connect', params: { ratePerSec: 300, instances: 3 } },
} as const;

/** One method: three instances behind an Nginx of its own, and what its slices cost. */
interface Lane {
  readonly method: BalanceMethod;
  readonly arena: Arena;
  readonly sessions: { readonly [name in keyof typeof cases]: Session };
  readonly costs: { readonly [name in keyof typeof cases]: number[] };
}

/** What Nginx spends on a message and on a handshake under each method, in blocks in which every method has its slice. */
export async function balanceCosts(
  target: string,
  interrupted: AbortSignal,
): Promise<Map<BalanceMethod, BalanceCost>> {
  const arenas: Arena[] = [];
  try {
    const lanes: Lane[] = [];
    for (const method of balanceMethods) {
      const config = benchConfig({ targets: target, routes: 'nginx', instances: '3', balance: method });
      const arena = new Arena(config, pinning(config.pin), interrupted);
      arenas.push(arena);
      lanes.push(await openLane(method, arena));
    }
    const order = balancedOrders<Lane>(Math.random);
    for (let block = -WARM_BLOCKS; block < BLOCKS; block += 1)
      for (const lane of order(lanes)) await measureLane(lane, block >= 0);
    const base = lanes.find(({ method }) => method === 'round-robin')!.costs;
    return new Map(
      lanes.map(({ method, costs }) => [
        method,
        {
          ...costs,
          message: pairedRatio(costs.perMessageNs, base.perMessageNs),
          handshake: pairedRatio(costs.perHandshakeNs, base.perHandshakeNs),
        },
      ]),
    );
  } finally {
    await Promise.all(arenas.map((arena) => arena.close(interrupted.aborted)));
  }
}

function caseOf(arena: Arena, name: keyof typeof cases): Case {
  return { ...cases[name], route: 'nginx', target: arena.config.targetList[0]!.name };
}

async function openLane(method: BalanceMethod, arena: Arena): Promise<Lane> {
  const open = (name: keyof typeof cases) => {
    const one = caseOf(arena, name);
    return arena.open(one, arena.config.targetList[0]!, slicedLoad(one, arena.config));
  };
  const sessions = {
    perMessageNs: await open('perMessageNs'),
    perHandshakeNs: await open('perHandshakeNs'),
  };
  return { method, arena, sessions, costs: { perMessageNs: [], perHandshakeNs: [] } };
}

async function measureLane({ arena, sessions, costs }: Lane, counts: boolean): Promise<void> {
  for (const name of ['perMessageNs', 'perHandshakeNs'] as const) {
    const one = caseOf(arena, name);
    const { slice } = slicedLoad(one, arena.config);
    const { load, usage, error } = await measureSlice(arena, sessions[name], one, slice);
    if (error !== undefined) throw new Error(error);
    if (counts) costs[name].push(usage!.proxy!.cpuNs / load!.delivered);
  }
}
