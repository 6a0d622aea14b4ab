import type { RunningServer } from '@ws-arena/contract/running-server';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { pairedRatio } from '@ws-arena/report/statistics/paired-ratio';
import { halfWidth } from '@ws-arena/report/statistics/precision';
import type { Case } from '@ws-arena/results/trial';
import { measureSlice } from '../measure/measure-slice.ts';
import { ASK_EACH } from '../measure/measure-stage.ts';
import type { Session } from '../measure/session.ts';
import { balancedOrders } from '../measure/shuffled.ts';
import type { Generator } from '../processes/generator.ts';

/** What a message cost one generator and the server in each round, in nanoseconds of CPU time. */
export interface CostLane {
  readonly ownNs: readonly number[];
  readonly serverNs: readonly number[];
}

/** When to end: the ratios of the first generator are known to ± `precision`, a fraction, or `rounds` are over. */
export interface CostPlan {
  readonly rounds: number;
  readonly precision: number;
  readonly interrupted: AbortSignal;
}

const SLICE_MS = 200;
const WARM_ROUNDS = 5;
/** Looking costs time, and an early look is a chance to end by luck. */
const FIRST_LOOK = 32;
const CONNECTIONS = 100;

/** Loads the server by each generator in turns, in slices on connections that stay open, with `window` messages in flight on each. */
export async function measureCost(
  generators: readonly Generator[],
  server: RunningServer,
  window: number,
  plan: CostPlan,
): Promise<CostLane[]> {
  const load = { kind: 'closed', window } as const;
  const spec: LoadSpec = { ...defaultSpec, urls: [server.url], connections: CONNECTIONS, load };
  const one: Case = { scenario: 'echo', target: server.target.name, route: 'direct', params: { window } };
  const pids = () => [process.pid, server.pid, ...generators.flatMap((generator) => generator.pids)];
  const around = { interrupted: plan.interrupted, pids };
  const lanes = await Promise.all(
    generators.map(async (generator) => ({
      session: await openSession(generator, server, spec),
      ownNs: [] as number[],
      serverNs: [] as number[],
    })),
  );
  const order = balancedOrders<(typeof lanes)[number]>(Math.random);
  for (let round = -WARM_ROUNDS; round < plan.rounds && !known(lanes, plan.precision); round += 1) {
    for (const { session, ownNs, serverNs } of order(lanes)) {
      const slice = { load, durationMs: SLICE_MS, drainMs: 1000 };
      const { load: loaded, usage, error } = await measureSlice(around, session, one, slice);
      if (error !== undefined) throw new Error(error);
      if (!usage) throw new Error('CPU time wants /proc, which is not here');
      if (round < 0) continue;
      ownNs.push(usage.generator.cpuNs / loaded!.delivered);
      serverNs.push(usage.server.cpuNs / loaded!.delivered);
    }
  }
  await Promise.all(lanes.map(({ session }) => session.close()));
  return lanes;
}

/** Whether the ratios of the first lane to the server, and to the other, are known well enough. */
function known([own, base]: readonly CostLane[], precision: number): boolean {
  const { ownNs, serverNs } = own!;
  if (ownNs.length < FIRST_LOOK || ownNs.length % ASK_EACH !== 0) return false;
  const ratios = [serverNs, ...(base ? [base.ownNs] : [])].map((other) => pairedRatio(ownNs, other));
  return ratios.every((ratio) => halfWidth(ratio) <= precision);
}

async function openSession(generator: Generator, server: RunningServer, spec: LoadSpec): Promise<Session> {
  const handle = await generator.open(spec);
  return {
    roles: () => ({ server: [server.pid], generator: generator.pids }),
    death: async () => undefined,
    slice: (slice) => generator.slice(handle, slice),
    close: () => generator.close(handle),
  };
}
