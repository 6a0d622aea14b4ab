import type { Ladder, UpstreamCost } from '@ws-arena/results/report-file';
import { choiceCostsOf } from './choice-cost.ts';
import type { Measured } from './compare.ts';
import { equalLoadRates, laneKey, rateOf } from './ladders.ts';
import type { MetricName } from './metrics.ts';

/** What the way from the proxy to the servers can change, the most telling first. */
export const upstreamMetrics: readonly MetricName[] = [
  'cpuServing',
  'p50',
  'p99',
  'deliveredPerSec',
  'bytesPerConnectionServing',
];

const upstream = {
  param: 'upstream',
  base: 'tcp',
  words: (value: string) => (value === 'tcp' ? 'over TCP' : 'over a Unix socket'),
};

/** Every such figure over Unix sockets, against the same over TCP; of a ladder, at the highest rate that all targets keep both ways. */
export function upstreamCostsOf(
  measured: readonly Measured[],
  ladders: readonly Ladder[],
  equalWithin: number,
): UpstreamCost[] {
  const rates = equalLoadRates(ladders);
  const told = measured.filter(({ cell }) => upstreamMetrics.some((name) => name === cell.metric));
  const costs = choiceCostsOf(
    told,
    upstream,
    equalWithin,
    (base, chosen) =>
      chosen.scenario !== 'load' ||
      rateOf(chosen) === Math.min(...[base, chosen].map((cell) => rates.get(laneKey(cell)) ?? 0)),
  );
  return costs.map(({ base, chosen, finding }) => {
    const { scenario, target, route, params, metric, unit, better, estimate, limiter } = chosen;
    const sides = { tcp: base.estimate, unix: estimate, tcpLimiter: base.limiter, limiter };
    return { scenario, target, route, params, metric, unit, better, ...sides, ...finding };
  });
}
