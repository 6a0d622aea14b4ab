import { decodeHistogram, type EncodedHistogram } from '@ws-arena/load/histogram';
import type { ReturnCounts } from '@ws-arena/load/load-result';
import type { Warning } from '@ws-arena/load/warning';
import type { Trial } from '@ws-arena/results/trial';
import { type Figure, present, sampled } from './figure.ts';
import type { MetricName } from './metrics.ts';

/** Ticks that a peak of handshakes is counted over. */
const PEAK_TICKS = 4;

/** What clients of instances that are replaced meet. */
export function replacingFigures(trials: readonly Trial[]): Figure[] {
  const percentile = (of: EncodedHistogram | undefined, at: number) =>
    of === undefined ? undefined : decodeHistogram(of).getValueAtPercentile(at);
  const perMessage = ({ load }: Trial, cpuNs: number | undefined) =>
    cpuNs && load ? cpuNs / load.messages.delivered : undefined;
  return present([
    ofSteps('backMostNs', trials, 0.01),
    ofSteps('backAllNs', trials, 0),
    sampled('awayMost', trials, ({ load }) => load?.returns && Math.max(...awayOf(load.returns))),
    sampled('awayP50', trials, ({ load }) => percentile(load?.absence, 50)),
    sampled('awayP99', trials, ({ load }) => percentile(load?.absence, 99)),
    sampled('handshakesPeak', trials, ({ load }) => load?.returns && peakPerSec(load.returns)),
    sampled('messagesLost', trials, ({ load }) => load?.messages.lost),
    sampled('messagesRepeated', trials, ({ load }) => load?.messages.duplicated),
    sampled('messagesLate', trials, ({ load }) => load?.returns?.waited),
    sampled('connectedP99', trials, ({ load }) => percentile(load?.latencyConnected, 99)),
    sampled('cpuServer', trials, (trial) => perMessage(trial, trial.usage?.server.cpuNs)),
    sampled('cpuProxy', trials, (trial) => perMessage(trial, trial.usage?.proxy?.cpuNs)),
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

/** Clients that were still away when the window ended: times until all are back are then missing. */
export function replacingWarnings({ load }: Trial): Warning[] {
  const { returns } = load ?? {};
  const left = returns ? Math.round(awayOf(returns).at(-1)! * returns.clients) : 0;
  if (left === 0) return [];
  return [{ kind: 'not-back', detail: `${left} of ${returns!.clients} clients were not back at the end` }];
}

/** A figure of each step of each trial: every replaced instance is a sample. */
function ofSteps(metric: MetricName, trials: readonly Trial[], share: number): Figure {
  const values = new Map<number, number>();
  for (const trial of trials) {
    const times = untilBackNs(trial, share);
    times.forEach((ns, step) => {
      if (ns !== undefined) values.set(trial.round * times.length + step, ns);
    });
  }
  return { metric, values };
}

/**
 * How long after the beginning of each step more than `share` of the clients were away; 0 where it never was so many.
 * Undefined when they were not back before the next step began.
 */
function untilBackNs({ load, replaced = [] }: Trial, share: number): (number | undefined)[] {
  if (!load?.returns) return [];
  const { tickMs } = load.returns;
  const away = awayOf(load.returns);
  return replaced.map(({ atMs }, i) => {
    const from = Math.floor(atMs / tickMs);
    const to = Math.min(
      away.length,
      Math.floor((replaced[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) / tickMs),
    );
    const last = away.findLastIndex((now, tick) => tick >= from && tick < to && now > share);
    if (last === to - 1) return undefined;
    return last < 0 ? 0 : ((last + 1) * tickMs - atMs) * 1e6;
  });
}

function peakPerSec({ begun, tickMs }: ReturnCounts): number {
  const sums = begun.map((_, at) => begun.slice(at, at + PEAK_TICKS).reduce((sum, n) => sum + n, 0));
  return (Math.max(...sums) * 1000) / (PEAK_TICKS * tickMs);
}
