import { decodeHistogram } from '@ws-arena/load/histogram';
import type { CourseSample, Trial } from '@ws-arena/results/trial';
import { type Figure, present, sampled } from './figure.ts';

/** What slow members of a room cost their server, and the others. */
export function slowFigures(trials: readonly Trial[]): Figure[] {
  const perDelivery = ({ load }: Trial, cpuNs: number | undefined) =>
    cpuNs && load ? cpuNs / load.messages.delivered : undefined;
  return present([
    sampled('healthyP99', trials, ({ load }) =>
      load?.latencyIntended === undefined
        ? undefined
        : decodeHistogram(load.latencyIntended).getValueAtPercentile(99),
    ),
    sampled('untilCut', trials, untilCutNs),
    sampled('slowCut', trials, ({ case: { params }, course }) => {
      const last = course?.at(-1);
      return Number(params.slow) > 0 && params.reads !== 'all' && last
        ? Math.max(0, Number(params.members) - last.connections)
        : undefined;
    }),
    sampled('serverGrew', trials, (trial) => growth(trial, (sample) => sample.serverRssBytes)),
    sampled('proxyGrew', trials, (trial) => growth(trial, (sample) => sample.proxyRssBytes)),
    sampled('slowDropped', trials, ({ load }) => load?.slow?.dropped),
    sampled('messagesLost', trials, ({ load }) => load?.messages.lost),
    sampled('cpuServer', trials, (trial) => perDelivery(trial, trial.usage?.server.cpuNs)),
    sampled('cpuProxy', trials, (trial) => perDelivery(trial, trial.usage?.proxy?.cpuNs)),
  ]);
}

/** Until the last of the slow members was cut; undefined when one was not. */
function untilCutNs({ case: { params }, course = [] }: Trial): number | undefined {
  if (params.reads === 'all') return undefined;
  const healthy = Number(params.members) - Number(params.slow);
  const atMs = course.find(({ connections }) => connections <= healthy)?.atMs;
  return atMs === undefined ? undefined : atMs * 1e6;
}

/** The most memory of the window, above that of its beginning. */
function growth(
  { course = [] }: Trial,
  of: (sample: CourseSample) => number | undefined,
): number | undefined {
  const bytes = course.map(of).filter((value) => value !== undefined);
  return bytes.length === 0 ? undefined : Math.max(...bytes) - bytes[0]!;
}
