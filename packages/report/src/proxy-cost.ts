import type { Cell, Ladder, ProxyCost } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { comparedTo, type Measured } from './compare.ts';
import { equalLoadRates, laneKey, rateOf } from './ladders.ts';
import type { MetricName } from './metrics.ts';

/** What a proxy costs, the most telling first, and the figure direct that each is held against. */
export const proxyMetrics: readonly { readonly metric: MetricName; readonly direct: MetricName }[] = [
  { metric: 'cpuServing', direct: 'cpuServer' },
  { metric: 'p50', direct: 'p50' },
  { metric: 'p99', direct: 'p99' },
  { metric: 'deliveredPerSec', direct: 'deliveredPerSec' },
  { metric: 'bytesPerConnectionServing', direct: 'bytesPerConnection' },
];

/**
 * Every such figure through a proxy that has its like direct; of a ladder, at the rate that all targets keep behind it. A
 * block of one route is measured right after the same block of the other, so the two are compared block by block.
 */
export function proxyCostsOf(
  measured: readonly Measured[],
  ladders: readonly Ladder[],
  equalWithin: number,
): ProxyCost[] {
  const rates = equalLoadRates(ladders);
  const direct = new Map(
    measured
      .filter(({ cell }) => cell.route === 'direct')
      .map((one) => [directKey(one.cell, one.cell.metric), one]),
  );
  const directOf = ({ cell }: Measured) => {
    const figure = proxyMetrics.find(({ metric }) => metric === cell.metric);
    if (!figure || cell.route === 'direct') return undefined;
    if (cell.scenario === 'load' && rates.get(laneKey(cell)) !== rateOf(cell)) return undefined;
    return direct.get(directKey(cell, figure.direct));
  };
  const found = comparedTo(measured, directOf, equalWithin, withRoute);
  return found.map(({ baseline: { cell: baseline }, target: { cell: proxied }, finding }) => {
    const { scenario, target, route, params, metric, unit, better, estimate, limiter } = proxied;
    const sides = { direct: baseline.estimate, proxied: estimate, directLimiter: baseline.limiter, limiter };
    return { scenario, target, route, params, metric, unit, better, ...sides, ...finding };
  });
}

/** What a case has in common with the same one direct, where there is no TLS and the server checks the tokens. */
function directKey({ scenario, target, params }: Cell, metric: string): string {
  const { tls: _tls, tlsReuse: _reuse, tokens: _tokens, cache: _cache, upstream: _way, ...others } = params;
  return `${groupKey({ scenario, route: 'direct', params: others })} ${target} ${metric}`;
}

/** Both sides of a pair are of one target: a reason is to say which of the two it means. */
export function withRoute({ cell, figure }: Measured): Measured {
  return { cell: { ...cell, target: `${cell.target} ${cell.route}` }, figure };
}
