import type { RunningServer } from '@ws-arena/contract/running-server';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { defaultSpec, type LoadSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { MergedHistogram } from '@ws-arena/report/merged-histogram';
import { medianInterval } from '@ws-arena/report/statistics/median-interval';
import type { ClaimFigure } from '@ws-arena/results/article-file';
import { measureSlice } from '../measure/measure-slice.ts';
import type { Session } from '../measure/session.ts';
import { balancedOrders } from '../measure/shuffled.ts';
import type { Generator } from '../processes/generator.ts';
import type { TestBed } from '../processes/test-bed.ts';
import { duration, ratio } from './claim.ts';

/** One of the ways that an experiment compares: a server, perhaps a proxy, and the connections of a session. */
export interface Lane<Name extends string> {
  readonly name: Name;
  readonly server: RunningServer;
  readonly proxy?: RunningProxy;
  /** Processes whose CPU time counts beside those of server and proxy. */
  readonly helpers?: readonly number[];
  /** What differs from the experiment's session. */
  readonly spec?: Partial<LoadSpec>;
}

/** How lanes take turns. */
export interface Turns {
  readonly session: Partial<LoadSpec>;
  readonly load: SliceSpec['load'];
  readonly sliceMs?: number;
  readonly blocks?: number;
}

const SLICE_MS = 100;
const BLOCKS = 24;
const WARM_BLOCKS = 3;
const DRAIN_MS = 3000;

/** What the slices of one lane showed, block by block. */
export class LaneFigures {
  /** CPU time of server, proxy and helpers for one unit; 0 where the kernel had not counted it. */
  readonly #costsNs: number[] = [];
  readonly #loads: SliceResult[] = [];

  add(load: SliceResult, cpuNs: number): void {
    this.#loads.push(load);
    this.#costsNs.push(load.delivered > 0 ? cpuNs / load.delivered : 0);
  }

  /** CPU time of one message or handshake: the median of the blocks. */
  cost(): ClaimFigure {
    const known = this.#costsNs.filter((cost) => cost > 0);
    return duration(medianInterval(known), known.length);
  }

  /** Its cost over that of `baseline`, paired by blocks. */
  costRatio(baseline: LaneFigures): ClaimFigure {
    return ratio(this.#costsNs.map((cost, block) => [cost, baseline.#costsNs[block]!] as const));
  }

  /** A quantile of the latency from the intended send, or of the handshake, in a slice: the median of the slices. */
  latency(quantile: number): ClaimFigure {
    const known = this.#quantiles(quantile);
    return duration(medianInterval(known), known.length);
  }

  /** The same over that of `baseline`, paired by blocks: one stall of the machine is one block. */
  latencyRatio(baseline: LaneFigures, quantile: number): ClaimFigure {
    const base = baseline.#quantiles(quantile);
    return ratio(this.#quantiles(quantile).map((value, block) => [value, base[block]!] as const));
  }

  #quantiles(quantile: number): number[] {
    return this.#loads.map((load) => new MergedHistogram([{ load }], 'intended').quantileNs(quantile));
  }
}

/** Messages at a fixed rate over all connections, spread at random. */
export function openLoop(ratePerSec: number): OpenLoad {
  return { kind: 'open', ratePerSec, over: 'all', arrivals: 'poisson', profile: 'constant' };
}

/**
 * Opens all lanes and lets their slices take turns: in each block every lane is measured once, in random order.
 * @throws Error when a slice failed.
 */
export async function takeTurns<Name extends string>(
  bed: TestBed,
  lanes: readonly Lane<Name>[],
  turns: Turns,
): Promise<Record<Name, LaneFigures>> {
  const generator = await bed.generator();
  const sessions = new Map<Name, Session>();
  for (const lane of lanes) sessions.set(lane.name, await openLane(generator, lane, turns));
  const figures = Object.fromEntries(lanes.map(({ name }) => [name, new LaneFigures()])) as Record<
    Name,
    LaneFigures
  >;
  const order = balancedOrders<Lane<Name>>(Math.random);
  const spec = { load: turns.load, durationMs: turns.sliceMs ?? SLICE_MS, drainMs: DRAIN_MS };
  for (let block = -WARM_BLOCKS; block < (turns.blocks ?? BLOCKS); block += 1) {
    for (const { name } of order(lanes)) {
      const { load, cpuNs } = await slice(bed, sessions.get(name)!, spec);
      if (block >= 0) figures[name].add(load, cpuNs);
    }
  }
  return figures;
}

async function openLane<Name extends string>(
  generator: Generator,
  { server, proxy, helpers = [], spec }: Lane<Name>,
  { session, load }: Turns,
): Promise<Session> {
  const opened = await generator.open({
    ...defaultSpec,
    ...session,
    ...spec,
    load,
    urls: [(proxy ?? server).url],
    dialect: server.target.capabilities.wire,
  });
  return {
    roles: () => ({
      server: [server.pid, ...helpers],
      generator: generator.pids,
      ...(proxy && { proxy: proxy.pids() }),
    }),
    death: async () => undefined,
    slice: (one) => generator.slice(opened, one),
    close: () => generator.close(opened),
  };
}

async function slice(
  { interrupted }: TestBed,
  session: Session,
  spec: SliceSpec,
): Promise<{ readonly load: SliceResult; readonly cpuNs: number }> {
  const scenario = spec.load.kind === 'connect' ? 'connect' : 'load';
  const about = { scenario, route: 'nginx', target: '', params: {} } as const;
  const measured = await measureSlice({ interrupted, pids: () => [] }, session, about, spec);
  const { load, usage, error } = measured;
  if (!load || error !== undefined) throw new Error(error ?? 'a slice measured nothing');
  return { load, cpuNs: (usage?.server.cpuNs ?? 0) + (usage?.proxy?.cpuNs ?? 0) };
}
