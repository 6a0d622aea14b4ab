import type { Ladder, Need, NeedRow } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import { laneKey } from './ladders.ts';

/** Why no target is best: there was none to be better than. */
export const NOTHING_BESIDE = 'there was nothing to compare it with';

/** The row of a target without a figure. */
export const missingRow = (target: string, reason?: string): NeedRow => ({
  ...{ target, estimate: null, ratioToBest: null, place: 'missing', limiter: null },
  ...(reason !== undefined && { reason }),
});

/**
 * The highest rate that each target keeps, spread and direct. A target is behind another where it broke at a rate that the
 * other kept; two that kept and broke at the same rates are equal, as far as these steps can show.
 */
export function capacityNeed(run: Run, ladders: readonly Ladder[]): Need[] {
  const spread = ladders.filter(({ route, params }) => route === 'direct' && Number(params.burst ?? 1) === 1);
  const lanes = [...Map.groupBy(spread, (ladder) => laneKey({ scenario: 'load', ...ladder })).values()];
  const lane = lanes.sort((a, b) => b.length - a.length)[0];
  // Where no rate broke anybody, nothing is known of the highest.
  if (!lane?.some(({ broken }) => broken !== null)) return [];
  const leader = lane.toSorted(
    (a, b) => (b.kept ?? 0) - (a.kept ?? 0) || (b.broken ?? Infinity) - (a.broken ?? Infinity),
  )[0]!;
  const rows = run.targets.map(({ name }): NeedRow => {
    const own = lane.find(({ target }) => target === name);
    if (!own) return missingRow(name);
    const kept = own.kept ?? 0;
    const estimate = { center: kept, lo: kept, hi: own.broken, n: own.steps.length };
    const row = { target: name, estimate, limiter: own.limiter, ...placeOf(own, leader, lane) };
    if (own === leader || !leader.kept || !kept) return { ...row, ratioToBest: own === leader ? 1 : null };
    const lo = leader.kept / (own.broken ?? leader.kept);
    const interval = leader.broken === null ? {} : { ratioInterval: { lo, hi: leader.broken / kept } };
    return { ...row, ratioToBest: leader.kept / kept, ...interval };
  });
  const { params } = lane[0]!;
  return [
    {
      ...{ id: 'capacity', title: 'highest rate kept', scenario: 'load', route: 'direct', params },
      ...{ metric: 'capacity', unit: '1/s', better: 'higher', rows, resolution: null },
    },
  ];
}

function placeOf(own: Ladder, leader: Ladder, lane: readonly Ladder[]): Pick<NeedRow, 'place' | 'reason'> {
  const isBehind = (one: Ladder) => one.broken !== null && one.broken <= (leader.kept ?? 0);
  if (isBehind(own)) return { place: 'behind' };
  const others = lane.filter((one) => one !== own);
  if (others.length === 0) return { place: 'unranked', reason: NOTHING_BESIDE };
  if (own === leader && others.every(isBehind)) return { place: 'best' };
  if (own.broken === null) {
    const end =
      own.limiter === 'generator' ? 'the generator was the limit' : 'it kept every rate that was offered';
    return { place: 'unranked', reason: end };
  }
  if (own === leader) return { place: others.some(isBehind) ? 'best' : 'equal' };
  if (own.kept === leader.kept && own.broken === leader.broken) return { place: 'equal' };
  return { place: 'undecided', reason: 'the offered rates are too far apart' };
}
