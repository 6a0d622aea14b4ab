import { backoffMs } from '@ws-arena/load/backoff';
import { decodeHistogram, type EncodedHistogram } from '@ws-arena/load/histogram';
import type { ReturnCounts } from '@ws-arena/load/load-result';
import type { Warning } from '@ws-arena/load/warning';
import type { Absence } from '@ws-arena/results/absence';
import type { Trial } from '@ws-arena/results/trial';
import type { MeasuredCase } from './blocks.ts';
import { doubt } from './doubt.ts';
import { type Figure, present, sampled } from './figure.ts';
import type { MetricName } from './metrics.ts';
import { scaled } from './view/scale.ts';

/** Ticks that a peak of handshakes is counted over. */
const PEAK_TICKS = 4;

/** What clients of instances that are replaced meet. */
export function replacingFigures(trials: readonly Trial[]): Figure[] {
  const percentile = (of: EncodedHistogram | undefined, at: number) =>
    of === undefined ? undefined : decodeHistogram(of).getValueAtPercentile(at);
  const perMessage = ({ load }: Trial, cpuNs: number | undefined) =>
    cpuNs && load ? cpuNs / load.messages.delivered : undefined;
  return present([
    ofSteps('backMostNs', trials, (trial) => untilBackNs(trial, 0.01)),
    ofSteps('backAllNs', trials, (trial) => untilBackNs(trial, 0)),
    ofSteps('backInWindow', trials, backInWindow),
    sampled('awayMost', trials, ({ load }) => load?.returns && Math.max(...awayOf(load.returns))),
    sampled('awayP50', trials, ({ load }) => percentile(load?.absence, 50)),
    sampled('awayP99', trials, ({ load }) => percentile(load?.absence, 99)),
    sampled('handshakesPeak', trials, ({ load }) => load?.returns && peakPerSec(load.returns)),
    sampled('messagesLost', trials, ({ load }) => load?.messages.lost),
    sampled('lostWithConnection', trials, ({ load }) =>
      load?.returns?.lostUntouched === undefined
        ? undefined
        : load.messages.lost - load.returns.lostUntouched,
    ),
    sampled('lostUntouched', trials, ({ load }) => load?.returns?.lostUntouched),
    sampled('sessionsRestored', trials, ({ load }) =>
      load?.returns?.recovered === undefined
        ? undefined
        : load.returns.recovered / sum(load.returns.returned),
    ),
    sampled('messagesRepeated', trials, ({ load }) => load?.messages.duplicated),
    sampled('messagesLate', trials, ({ load }) => load?.returns?.waited),
    sampled('connectedP99', trials, ({ load }) => percentile(load?.latencyConnected, 99)),
    sampled('cpuServer', trials, (trial) => perMessage(trial, trial.usage?.server.cpuNs)),
    sampled('cpuProxy', trials, (trial) => perMessage(trial, trial.usage?.proxy?.cpuNs)),
    sampled('cpuRedis', trials, (trial) => perMessage(trial, trial.usage?.redis?.cpuNs)),
  ]);
}

/** The share of the clients that have no connection at the end of each tick. */
export function awayOf({ ended, returned, clients }: ReturnCounts): number[] {
  let away = 0;
  return ended.map((count, tick) => {
    away += count - returned[tick]!;
    return away / clients;
  });
}

/** Clients that were still away when the next step began, or at the end: times until they are back are then missing. */
export function replacingWarnings(trial: Trial): Warning[] {
  const { returns } = trial.load ?? {};
  const left = returns ? Math.round(awayOf(returns).at(-1)! * returns.clients) : 0;
  const open = untilBackNs(trial, 0.01).filter((ns) => ns === undefined).length;
  const steps = `after ${open} of ${trial.replaced?.length} replacements more than 1 % of the clients were not back before the next`;
  // A report says each kind once.
  if (left > 0)
    return doubt(true, 'not-back', `${left} of ${returns?.clients} clients were not back at the end`);
  return doubt(open > 0, 'not-back', steps);
}

/** A figure of each step of each trial: every replaced instance is a sample. */
function ofSteps(
  metric: MetricName,
  trials: readonly Trial[],
  of: (trial: Trial) => readonly (number | undefined)[],
): Figure {
  const values = new Map<number, number>();
  for (const trial of trials) {
    const figures = of(trial);
    // Without its worst step a trial would look better than it was.
    if (figures.includes(undefined)) continue;
    figures.forEach((value, step) => {
      values.set(trial.round * figures.length + step, value!);
    });
  }
  return { metric, values };
}

/** A step of a trial: when its signal was sent, and its first and last tick, which is excluded: it ends where the next begins. */
function stepsOf({ load, replaced = [] }: Trial) {
  if (!load?.returns) return [];
  const { tickMs, ended } = load.returns;
  return replaced.map(({ atMs }, i) => ({
    atMs,
    from: Math.floor(atMs / tickMs),
    to: Math.min(ended.length, Math.floor((replaced[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) / tickMs)),
  }));
}

/**
 * How long after the beginning of each step more than `share` of the clients were away; 0 where it never was so many.
 * Undefined when they were not back before the next step began.
 */
function untilBackNs(trial: Trial, share: number): (number | undefined)[] {
  return stepsOf(trial).map(({ atMs, from, to }) => {
    const { returns } = trial.load!;
    const last = awayOf(returns!).findLastIndex((now, tick) => tick >= from && tick < to && now > share);
    if (last === to - 1) return undefined;
    return last < 0 ? 0 : ((last + 1) * returns!.tickMs - atMs) * 1e6;
  });
}

/** Of those whose connection ended, this share may be back later than the window. */
const LATE_SHARE = 0.01;

/** The reconnect window: the drain's spread, and the longest wait of a client before its first attempt. */
function windowMs({ spec, case: { params } }: Trial): number | undefined {
  const reconnect = spec?.load.kind === 'open' ? spec.load.reconnect : undefined;
  return reconnect && Number(params.drainSpreadMs) + backoffMs(reconnect, 0, 1);
}

/** Of each step, the share of the clients whose connection it ended that had the next within the window; undefined where it ended none. */
function backInWindow(trial: Trial): (number | undefined)[] {
  const within = windowMs(trial);
  if (within === undefined) return [];
  return stepsOf(trial).map(({ atMs, from, to }) => {
    const { ended, tickMs, clients } = trial.load!.returns!;
    const away = awayOf(trial.load!.returns!);
    const touched = sum(ended.slice(from, to));
    const then = Math.min(to - 1, Math.floor((atMs + within) / tickMs));
    // Whom an earlier step left away is none of this one's; who is cut off after the window is not back within it.
    const stillAway = Math.max(0, (away[then]! - (away[from - 1] ?? 0)) * clients);
    const late = Math.min(touched, stillAway + sum(ended.slice(then + 1, to)));
    return touched === 0 ? undefined : 1 - late / touched;
  });
}

/** Whether 99 % of those whose connection ended were back within the window, step by step: `yes, of 6 s`; undefined without steps. */
export function backInTime(trials: readonly Trial[]): string | undefined {
  const shares = trials.flatMap(backInWindow).filter((share) => share !== undefined);
  if (shares.length === 0) return undefined;
  const good = shares.filter((share) => share >= 1 - LATE_SHARE).length;
  const verdict = good === shares.length ? 'yes' : good === 0 ? 'no' : `${good} of ${shares.length} times`;
  return `${verdict}, of ${scaled(windowMs(trials[0]!)! * 1e6, 'ns')}`;
}

function peakPerSec({ begun, tickMs }: ReturnCounts): number {
  const sums = begun.map((_, at) => sum(begun.slice(at, at + PEAK_TICKS)));
  return (Math.max(...sums) * 1000) / (PEAK_TICKS * tickMs);
}

/** Ticks that the course of an absence is drawn by: the most clients away in each. */
const DRAWN_TICKS = 4;

/** The course of the first round of a case; none of a case that replaces nothing. */
export function absencesOf({ case: one, trials }: MeasuredCase): Absence[] {
  const [trial] = trials.filter(({ load }) => load?.returns);
  if (!trial) return [];
  const { returns } = trial.load!;
  const away = awayOf(returns!);
  const course = away.flatMap((_, tick) =>
    tick % DRAWN_TICKS === 0
      ? [[(tick * returns!.tickMs) / 1000, Math.max(...away.slice(tick, tick + DRAWN_TICKS))] as const]
      : [],
  );
  return [{ ...one, course, steps: (trial.replaced ?? []).map(({ atMs }) => atMs / 1000) }];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, n) => total + n, 0);
}
