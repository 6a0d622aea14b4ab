import type { SliceResult } from '@ws-arena/load/slice';
import type { Capacity, LadderStep } from '@ws-arena/results/report-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { limiterOf } from './limiter.ts';
import { MergedHistogram } from './merged-histogram.ts';
import { median } from './statistics/median.ts';

/** What a step of the ladder is judged by. */
export interface StepBounds {
  /** p99 from the intended send, in milliseconds. */
  readonly p99BoundMs: number;
  /** Server and proxy run on one core. */
  readonly sharedCore: boolean;
}

/** A generator that sends more than this part of its messages 5 ms after their time is late. */
const LATE = 0.01;
/** A saturated server whose typical slice took this much longer than its load was offered for fell behind. */
const BEHIND = 1.05;

/**
 * What one target did at one rate of `load`, from all its slices there. In this order, the first that holds:
 * 1. no slice ended well: `breaks`;
 * 2. the generator was saturated: `generator`, because the rate was not truly offered;
 * 3. a slice failed, a connection ended, or a message was lost: `breaks`;
 * 4. the generator was late with more than 1 % of its sends, or left some out, or its lateness alone takes p99 over the
 *    bound: `generator`;
 * 5. server or proxy was saturated, and a typical slice took 5 % longer than its load was offered for: `breaks`, because
 *    what piles up in a short slice may be within the bound, and would not be after a second;
 * 6. p99 of most slices, from the intended send, is above the bound: `breaks`;
 * 7. that of all slices together is: `undecided`, because one stall of the machine, in one slice of twenty, is 5 % of all
 *    messages;
 * 8. server or proxy was saturated: `undecided`, because a longer load might break it;
 * 9. otherwise `keeps`.
 */
export function judgeStep(
  ratePerSec: number,
  slices: readonly SliceLine[],
  { p99BoundMs, sharedCore }: StepBounds,
): LadderStep {
  const loads = slices.flatMap(({ load }) => load ?? []);
  const limiter = limiterOf(slices, sharedCore);
  const step = (outcome: LadderStep['outcome'], reason?: string): LadderStep => ({
    ratePerSec,
    outcome,
    ...(reason !== undefined && { reason }),
    limiter,
  });
  const failed = slices.find(({ error }) => error !== undefined)?.error;
  if (loads.length === 0) return step('breaks', failed ?? 'nothing was measured');
  if (limiter === 'generator') return step('generator', 'the generator was saturated');
  const broken = failed ?? lossOf(loads);
  if (broken !== undefined) return step('breaks', broken);
  const isOver = (of: 'intended' | 'actual', some: readonly SliceLine[]) =>
    new MergedHistogram(some, of).quantileNs(0.99) > p99BoundMs * 1e6;
  const over = isOver('intended', slices);
  if (wasLate(loads) || (over && !isOver('actual', slices)))
    return step('generator', 'the generator was late');
  const behind = limiter === 'none' ? 1 : median(slices.flatMap(timesItsLength));
  if (behind >= BEHIND) {
    const percent = Math.round((behind - 1) * 100);
    return step('breaks', `the saturated ${limiter} took ${percent} % longer than the load was offered for`);
  }
  if (over) {
    const ofOwn = slices.filter((slice) => isOver('intended', [slice])).length;
    const where = ofOwn === slices.length ? '' : ` in ${ofOwn} of ${slices.length} slices`;
    return step(ofOwn > slices.length / 2 ? 'breaks' : 'undecided', `p99 was above ${p99BoundMs} ms${where}`);
  }
  if (limiter !== 'none') return step('undecided', `${limiter} saturated: a longer load might break it`);
  return step('keeps');
}

/** How long a slice took, as a multiple of the time that its load was offered for; nothing where that is not known. */
function timesItsLength({ load, durationMs }: SliceLine): number[] {
  return load && durationMs !== undefined ? [load.wallNs / (durationMs * 1e6)] : [];
}

function lossOf(loads: readonly SliceResult[]): string | undefined {
  const lost = sumOf(loads, ({ lost }) => lost);
  if (lost > 0)
    return `${lost} of ${sumOf(loads, ({ sent }) => sent)} messages ${lost === 1 ? 'was' : 'were'} lost`;
  const closed = sumOf(loads, ({ closed = {} }) => Object.values(closed).reduce((sum, n) => sum + n, 0));
  return closed > 0 ? `${closed} connections ended` : undefined;
}

function wasLate(loads: readonly SliceResult[]): boolean {
  const sent = sumOf(loads, (load) => load.sent);
  return sumOf(loads, ({ late }) => late) > LATE * sent || sent < sumOf(loads, ({ offered }) => offered);
}

function sumOf(loads: readonly SliceResult[], of: (load: SliceResult) => number): number {
  return loads.reduce((sum, load) => sum + of(load), 0);
}

/**
 * The highest rate that a target keeps, from its steps in any order: between the highest that it kept and the lowest
 * above that which broke it. A step that broke below one that was kept was a stall of the machine, and does not count.
 */
export function capacityOf(steps: readonly LadderStep[]): Capacity {
  const rates = (outcome: LadderStep['outcome'], above = 0) =>
    steps
      .filter((step) => step.outcome === outcome && step.ratePerSec > above)
      .map((step) => step.ratePerSec);
  const kept = Math.max(0, ...rates('keeps'));
  const broken = Math.min(...rates('breaks', kept));
  const at = steps.find((step) => step.ratePerSec === broken);
  if (at) return { kept: kept || null, broken, limiter: at.limiter };
  return {
    kept: kept || null,
    broken: null,
    limiter: rates('generator', kept).length > 0 ? 'generator' : null,
  };
}
