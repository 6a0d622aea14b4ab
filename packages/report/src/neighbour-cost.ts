import type { Cell, NeighbourCost } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { compareBlocks, type Measured } from './compare.ts';
import type { MetricName } from './metrics.ts';

/** What a neighbour can cost, the most telling first. */
export const neighbourMetrics: readonly MetricName[] = ['p99', 'p50', 'p999'];

/** Every such figure of `mixed` with a neighbour, against the same without one; their slices take turns, so blocks are pairs. */
export function neighbourCostsOf(measured: readonly Measured[], equalWithin: number): NeighbourCost[] {
  const told = measured.filter(
    ({ cell }) => cell.scenario === 'mixed' && neighbourMetrics.some((name) => name === cell.metric),
  );
  const alone = new Map(
    told.filter(({ cell }) => cell.params.neighbour === 'none').map((one) => [aloneKey(one.cell), one]),
  );
  const pairs = told.flatMap((target) => {
    const baseline = alone.get(aloneKey(target.cell));
    return baseline && baseline !== target ? [{ baseline, target }] : [];
  });
  const findings = compareBlocks(
    pairs.map(({ baseline, target }) => ({ baseline: named(baseline), target: named(target) })),
    equalWithin,
  );
  return pairs.flatMap(({ baseline, target }, index) => {
    const finding = findings[index];
    const { target: of, route, params, metric, unit, better, estimate: beside } = target.cell;
    const sides = { alone: baseline.cell.estimate, beside };
    return finding ? [{ target: of, route, params, metric, unit, better, ...sides, ...finding }] : [];
  });
}

/** What a case has in common with the same one without a neighbour. */
function aloneKey({ scenario, route, target, params, metric }: Cell): string {
  return `${groupKey({ scenario, route, params: { ...params, neighbour: 'none' } })} ${target} ${metric}`;
}

/** Both sides of a pair are of one target: a reason is to say which of the two it means. */
function named({ cell, figure }: Measured): Measured {
  const { neighbour } = cell.params;
  const beside = neighbour === 'none' ? 'alone' : `beside ${neighbour}`;
  return { cell: { ...cell, target: `${cell.target} ${beside}` }, figure };
}
