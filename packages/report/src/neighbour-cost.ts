import type { NeighbourCost } from '@ws-arena/results/report-file';
import { choiceCostsOf } from './choice-cost.ts';
import type { Measured } from './compare.ts';
import type { MetricName } from './metrics.ts';

/** What a neighbour can cost, the most telling first. */
export const neighbourMetrics: readonly MetricName[] = ['p99', 'p50', 'p999'];

const neighbour = {
  param: 'neighbour',
  base: 'none',
  words: (value: string) => (value === 'none' ? 'alone' : `beside ${value}`),
};

/** Every such figure of `mixed` with a neighbour, against the same without one. */
export function neighbourCostsOf(measured: readonly Measured[], equalWithin: number): NeighbourCost[] {
  const told = measured.filter(
    ({ cell }) => cell.scenario === 'mixed' && neighbourMetrics.some((name) => name === cell.metric),
  );
  return choiceCostsOf(told, neighbour, equalWithin).map(({ base, chosen, finding }) => {
    const { target, route, params, metric, unit, better, estimate: beside } = chosen;
    return { target, route, params, metric, unit, better, alone: base.estimate, beside, ...finding };
  });
}
