import type { SliceResult } from '@ws-arena/load/slice';
import type { Capacity, LadderStep } from '@ws-arena/results/report-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { limiterOf } from './limiter.ts';
import { MergedHistogram } from './merged-histogram.ts';

/** What a step of the ladder is judged by. */
export interface StepBounds {
  /** p99 from the intended send, in milliseconds. */
  readonly p99BoundMs: number;
  /** Server and proxy run on one core. */
  readonly sharedCore: boolean;
}

/** A generator that sends more than this part of its messages 5 ms after their time is late. */
const LATE = 0.01;

/**
 * What one target did at one rate of `load`, from all its slices there. In this order, the first that holds:
 * 1. no slice ended well: `breaks`;
 * 2. the generator was saturated: `generator`, because the rate was not truly offered;
 * 3. a slice failed, a connection ended, or a message was lost: `breaks`;
 * 4. the generator was late with more than 1 % of its sends, or left some out, or its lateness alone takes p99 over the
 *    bound: `generator`;
 * 5. p99 of the merged histograms, from the intended send, is within the bound: `keeps`;
 * 6. p99 of most slices is above it: `breaks`;
 * 7. otherwise `undecided`: one stall of the machine, in one slice of twenty, is 5 % of all messages.
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
  if (!over) return step('keeps');
  const ofOwn = slices.filter((slice) => isOver('intended', [slice])).length;
  const where = ofOwn === slices.length ? '' : ` in ${ofOwn} of ${slices.length} slices`;
  return step(ofOwn > slices.length / 2 ? 'breaks' : 'undecided', `p99 was above ${p99BoundMs} ms${where}`);
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
