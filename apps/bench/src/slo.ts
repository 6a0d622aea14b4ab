import { decodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';
import { limiterOf } from '@ws-arena/report/limiter';
import type { Params, SloStep, Trial } from '@ws-arena/results/trial';

/** Measures one level. */
export type SloProbe = (
  spec: LoadSpec,
) => Promise<{ readonly load: LoadResult; readonly usage?: NonNullable<Trial['usage']> }>;

/** What grows until the bound breaks, and the bound. */
interface Search {
  readonly first: number;
  readonly highest: number;
  readonly percentile: number;
  readonly boundNs: number;
  readonly specAt: (level: number) => LoadSpec;
}

/** The search ends when the highest good and the lowest bad level are this close, as a ratio less one. */
export const SLO_PRECISION = 0.08;
const LOWEST_LEVEL = 10;

/** Messages a second of each client while the number of clients grows. */
const RATE_OF_A_CLIENT = 20;

function searchOf(spec: LoadSpec, params: Params): Search {
  const open = { kind: 'open', arrivals: 'poisson', profile: 'constant' } as const;
  const quick = { ...spec, drainMs: 500 };
  if (params.p95BoundMs !== undefined) {
    return {
      first: 250,
      highest: 16_000,
      percentile: 95,
      boundNs: Number(params.p95BoundMs) * 1e6,
      specAt: (connections) => ({
        ...quick,
        connections,
        load: { ...open, over: 'connection', ratePerSec: RATE_OF_A_CLIENT },
      }),
    };
  }
  return {
    first: 4000,
    highest: 4_000_000,
    percentile: 99,
    boundNs: Number(params.p99BoundMs) * 1e6,
    specAt: (ratePerSec) => ({ ...quick, load: { ...open, over: 'all', ratePerSec } }),
  };
}

/**
 * The highest level (offered rate, or number of clients) at which the percentile from the intended send time is within
 * the bound and nothing is lost: doubles from a low one until one fails twice, then halves the gap, as a ratio, down to
 * `SLO_PRECISION`.
 */
export async function searchSlo(
  spec: LoadSpec,
  params: Params,
  probe: SloProbe,
): Promise<Pick<Trial, 'slo'> & { readonly warnings: readonly Warning[] }> {
  const search = searchOf(spec, params);
  const steps: SloStep[] = [];
  let good = 0;
  let bad = Number.POSITIVE_INFINITY;
  let level = search.first;
  while (level >= LOWEST_LEVEL && level <= search.highest && bad / good > 1 + SLO_PRECISION) {
    let step = await sloStep(search, level, probe);
    steps.push(step);
    if (!step.met) {
      // One stall of the machine is not the server's bound: a level has failed when it fails twice.
      step = await sloStep(search, level, probe);
      steps.push(step);
    }
    if (step.met) good = level;
    else bad = level;
    level = nextLevel(good, bad);
  }
  const found = params.p95BoundMs === undefined ? { ratePerSec: good } : { connections: good };
  return {
    slo: { ...found, precision: SLO_PRECISION, steps },
    warnings: doubts(steps, good, search.highest),
  };
}

/** Where to look next: four times lower while nothing was good, twice as high while nothing was bad, else between. */
export function nextLevel(good: number, bad: number): number {
  if (good === 0) return Math.round(bad / 4);
  return Math.round(bad === Number.POSITIVE_INFINITY ? good * 2 : Math.sqrt(good * bad));
}

function doubts(steps: readonly SloStep[], good: number, highest: number): Warning[] {
  const lowestBad = steps
    .filter((step) => !step.met && step.offered > good)
    .toSorted((a, b) => a.offered - b.offered)[0];
  if (lowestBad?.limiter === 'generator') {
    const detail = `above ${good} the generator fell behind, so the highest level that keeps the bound is at least this`;
    return [{ kind: 'behind-schedule', detail }];
  }
  if (lowestBad) return [];
  return [
    { kind: 'limit-reached', detail: `the search ends at ${highest}, and the bound was kept up to ${good}` },
  ];
}

async function sloStep(search: Search, level: number, probe: SloProbe): Promise<SloStep> {
  const { load, usage } = await probe(search.specAt(level));
  const latency = load.latencyIntended ? decodeHistogram(load.latencyIntended) : undefined;
  const percentileNs = latency?.totalCount
    ? latency.getValueAtPercentile(search.percentile)
    : Number.MAX_SAFE_INTEGER;
  const { behindSchedule } = load.generator;
  return {
    offered: level,
    percentileNs,
    lost: load.messages.lost,
    met: percentileNs <= search.boundNs && load.messages.lost === 0 && !behindSchedule,
    limiter: limiterOf({ ...usage, behindSchedule, measuredNs: load.measuredNs, sharedCore: true }),
  };
}
