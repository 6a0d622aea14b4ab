import {
  type Finding,
  type Ladder,
  type LadderStep,
  type Need,
  type NeedRow,
  needIds,
} from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import { capacityNeed, missingRow, NOTHING_BESIDE } from './capacity-need.ts';
import { cellKey, compareBlocks, type Measured, type Pair, ratioInBlocks } from './compare.ts';
import { laneKey, rateOf } from './ladders.ts';
import { costMetric, metricNamed } from './metrics.ts';
import { type NeedSource, needSources, standingFor } from './need-sources.ts';
import { robustnessNeed } from './robustness.ts';
import { scaled } from './view/scale.ts';

/** What the places of the targets are worked out from. */
export interface NeedInput {
  readonly run: Run;
  readonly measured: readonly Measured[];
  readonly ladders: readonly Ladder[];
  readonly equalWithin: number;
}

/** The first table of a report: every target's place in every need that the run measured. */
export function needsOf(input: NeedInput): Need[] {
  const { run, equalWithin } = input;
  const chosen = needSources.flatMap((source) => {
    const found = caseFor(source, input);
    return found.length === 0 ? [] : [{ source, race: raceOf(found) }];
  });
  // All needs are one look at the run, so their p values are adjusted together.
  const findings = compareBlocks(
    chosen.flatMap(({ race }) => race.pairs),
    equalWithin,
  );
  let next = 0;
  const measured = chosen.map(({ source: { id, title }, race }): Need => {
    const own = new Map(race.pairs.map(({ target }) => [target.cell.target, findings[next++]]));
    const { scenario, route, params, metric, unit, better } = race.leader.cell;
    const steps = stepsOf(race.leader, input);
    const without = [...steps, ...notAboveZero(race.leader, input)];
    const rows = run.targets.map(({ name }) => rowOf(name, race, own, without));
    const note = steps.some(({ outcome }) => outcome === 'keeps') ? undefined : noteOf(steps);
    return {
      ...{ id, title, scenario, route, params, metric, unit, better, rows },
      resolution: resolutionOf(rows),
      ...(note && { note }),
    };
  });
  const all = [...measured, ...capacityNeed(input.run, input.ladders), ...robustnessNeed(run)];
  return needIds.flatMap((id) => all.filter((need) => need.id === id));
}

/** The smallest difference of cost that shows in each need that is ranked by one. */
export function costResolution(needs: readonly Need[]): number | null {
  const own = needs.flatMap(({ metric, resolution }) =>
    metricNamed(metric)?.cost && resolution !== null ? resolution : [],
  );
  return own.length === 0 ? null : Math.max(...own);
}

/** The cells of the cases that stand for a need. */
function caseFor(source: NeedSource, { measured, ladders }: NeedInput): Measured[] {
  const cells = measured.filter(
    ({ cell }) => cell.metric === (source.metric ?? costMetric(cell.route)) && cell.estimate.center > 0,
  );
  const chosen = new Set(
    standingFor(
      source,
      cells.map(({ cell }) => cell),
      ladders,
    ),
  );
  return cells.filter(({ cell }) => chosen.has(cell));
}

type Reason = { readonly target: string; readonly reason?: string };
type Step = LadderStep & { readonly target: string };

/** What became of each target at the rate that a need of `load` is taken from; empty for other scenarios. */
function stepsOf({ cell }: Measured, { ladders }: NeedInput): Step[] {
  return ladders
    .filter((ladder) => laneKey({ scenario: 'load', ...ladder }) === laneKey(cell))
    .flatMap(({ target, steps }) =>
      steps.filter((step) => step.ratePerSec === rateOf(cell)).map((step) => ({ target, ...step })),
    );
}

/** Why a target that was measured has no figure: memory that shrank while connections grew has no ratio to another's. */
function notAboveZero({ cell }: Measured, { measured }: NeedInput): Reason[] {
  return measured
    .filter((one) => cellKey(one.cell) === cellKey(cell) && one.cell.estimate.center <= 0)
    .map((one) => ({
      target: one.cell.target,
      reason: `its figure came out at ${scaled(one.cell.estimate.center, cell.unit)}, which cannot be: more rounds are needed`,
    }));
}

function noteOf(steps: readonly Step[]): string | undefined {
  const [step] = steps;
  return step?.reason === undefined ? undefined : `No target kept a rate: at this one ${step.reason}.`;
}

/** The best, and each other against it. */
interface Race {
  readonly leader: Measured;
  readonly pairs: readonly Pair[];
}

function raceOf(found: readonly Measured[]): Race {
  const sign = found[0]!.cell.better === 'higher' ? -1 : 1;
  const best = (value: (one: Measured) => number) =>
    found.toSorted((a, b) => sign * (value(a) - value(b)))[0]!;
  const first = best(({ cell }) => cell.estimate.center);
  // Medians hold the drift of the machine, ratios do not: by them another may come first.
  const against = new Map(
    found.map((target) => [target, ratioInBlocks({ baseline: first, target }).ratio.center]),
  );
  const leader = best((one) => against.get(one) || 1);
  return {
    leader,
    pairs: found.filter((one) => one !== leader).map((target) => ({ baseline: leader, target })),
  };
}

function rowOf(
  target: string,
  { leader, pairs }: Race,
  findings: ReadonlyMap<string, Finding | undefined>,
  reasons: readonly Reason[],
): NeedRow {
  const found =
    leader.cell.target === target ? leader : pairs.find((pair) => pair.target.cell.target === target)?.target;
  if (!found) return missingRow(target, reasons.find((one) => one.target === target)?.reason);
  const { estimate, limiter, better } = found.cell;
  if (found === leader)
    return { target, estimate, ratioToBest: 1, limiter, ...leaderPlace([...findings.values()]) };
  const finding = findings.get(target);
  if (!finding) {
    const reason = 'no block has a figure above 0 of both';
    return { target, estimate, ratioToBest: null, place: 'undecided', limiter, reason };
  }
  const behind = (ratio: number) => (better === 'higher' ? 1 / ratio : ratio);
  const { center, lo, hi } = finding.ratio;
  const ratioInterval =
    lo === null || hi === null ? undefined : better === 'higher' ? { lo: 1 / hi, hi: 1 / lo } : { lo, hi };
  return {
    target,
    estimate,
    ratioToBest: Math.max(1, behind(center)),
    ...(ratioInterval && { ratioInterval }),
    limiter,
    ...placeOf(finding),
  };
}

type Place = Pick<NeedRow, 'place' | 'reason'>;

/** The leader is best if another target is behind it, equal if all decided ones equal it, and otherwise undecided or unranked. */
function leaderPlace(findings: readonly (Finding | undefined)[]): Place {
  const others = findings.flatMap((finding) => (finding ? [placeOf(finding)] : []));
  if (others.length === 0) return { place: 'unranked', reason: NOTHING_BESIDE };
  if (others.some(({ place }) => place === 'behind')) return { place: 'best' };
  if (others.some(({ place }) => place === 'equal')) return { place: 'equal' };
  const reason = others.find((other) => other.reason)?.reason;
  const unranked = others.every(({ place }) => place === 'unranked');
  return { place: unranked ? 'unranked' : 'undecided', ...(reason && { reason }) };
}

function placeOf({ verdict, undecided, reason }: Finding): Place {
  if (verdict === 'equal') return { place: 'equal' };
  if (verdict !== 'undecided') return { place: 'behind' };
  return {
    place: undecided === 'generator' ? 'unranked' : 'undecided',
    ...(reason !== undefined && { reason }),
  };
}

function resolutionOf(rows: readonly NeedRow[]): number | null {
  const widths = rows.flatMap(({ ratioInterval: of, place }) =>
    of && place !== 'unranked' ? Math.sqrt(of.hi / of.lo) - 1 : [],
  );
  return widths.length === 0 ? null : Math.max(...widths);
}
