import type { Warning } from '@ws-arena/load/warning';
import type { HoldLine } from '@ws-arena/results/report-file';
import type { Trial } from '@ws-arena/results/trial';
import type { MeasuredCase } from './blocks.ts';
import { doubt } from './doubt.ts';
import { type Figure, present, sampled } from './figure.ts';
import { leastSquares } from './statistics/least-squares.ts';

/** Memory is a slope over the number of connections; with fewer different numbers than this there is none. */
const MIN_STEPS = 3;
const GIB = 2 ** 30;

/** What idle connections cost: memory as the slope over their number, and CPU for each and second. */
export function holdFigures(trials: readonly Trial[]): Figure[] {
  const perConnection = ({ held, load }: Trial, cpuNs: number | undefined) => {
    const connections = held?.at(-1)?.connections ?? load?.connections.opened ?? 0;
    return cpuNs && load ? cpuNs / ((connections * load.measuredNs) / 1e9) : undefined;
  };
  const slope = (trial: Trial, process: HoldLine['process']) => lineThrough(pointsOf(trial, process))?.slope;
  return present([
    sampled('bytesPerConnection', trials, (trial) => slope(trial, 'server')),
    sampled('bytesPerConnectionProxy', trials, (trial) => slope(trial, 'proxy')),
    sampled('bytesPerConnectionServing', trials, (trial) => {
      const [server, proxy] = [slope(trial, 'server'), slope(trial, 'proxy')];
      return server === undefined || proxy === undefined ? undefined : server + proxy;
    }),
    sampled('connectionsPerGib', trials, (trial) => {
      const last = trial.held?.at(-1);
      const [server, proxy = 0] = [slope(trial, 'server'), slope(trial, 'proxy')];
      if (!last || server === undefined || server + proxy <= 0) return undefined;
      const used = last.serverRssBytes + (last.proxyRssBytes ?? 0);
      return last.connections + (GIB - used) / (server + proxy);
    }),
    sampled('cpuServer', trials, (trial) => perConnection(trial, trial.usage?.server.cpuNs)),
    sampled('cpuProxy', trials, (trial) => perConnection(trial, trial.usage?.proxy?.cpuNs)),
    sampled('unexpectedCloses', trials, ({ load }) =>
      load ? Object.values(load.connections.closed).reduce((sum, count) => sum + count, 0) : undefined,
    ),
  ]);
}

/** Memory over connections, with a line through all rounds; empty with too few steps. */
export function holdLinesOf({ case: { scenario, target, route, params }, trials }: MeasuredCase): HoldLine[] {
  if (scenario !== 'hold') return [];
  return (['server', 'proxy'] as const).flatMap((process) => {
    const points = trials.flatMap((trial) => pointsOf(trial, process));
    const line = lineThrough(points);
    if (!line) return [];
    const { slope: bytesPerConnection, intercept: interceptBytes } = line;
    return [{ target, route, params, process, bytesPerConnection, interceptBytes, points }];
  });
}

/** Doubts about one trial: memory that grows by steps, and counts that do not agree. */
export function holdWarnings({ held = [], stub = [], metrics = [] }: Trial): Warning[] {
  const slopes = held.slice(1).map((sample, i) => {
    const before = held[i]!;
    return (sample.serverRssBytes - before.serverRssBytes) / (sample.connections - before.connections);
  });
  const [least, most] = [Math.min(...slopes), Math.max(...slopes)];
  const nginx = stub.find(({ active, held: open }) => active !== open);
  const server = metrics.find(({ connections, held: open }) => connections !== open);
  const range = `between ${Math.round(least)} and ${Math.round(most)} B`;
  return [
    ...doubt(
      slopes.length > 1 && least < most * 0.7,
      'uneven-growth',
      `the memory of one connection differs from step to step: ${range}`,
    ),
    ...doubt(
      nginx !== undefined,
      'miscounted',
      `stub_status counted ${nginx?.active} of ${nginx?.held} connections`,
    ),
    ...doubt(
      server !== undefined,
      'miscounted',
      `/metrics counted ${server?.connections} of ${server?.held} connections`,
    ),
  ];
}

function pointsOf({ round, held = [] }: Trial, process: HoldLine['process']): HoldLine['points'] {
  return held.flatMap(({ connections, serverRssBytes, proxyRssBytes }) => {
    const bytes = process === 'server' ? serverRssBytes : proxyRssBytes;
    return bytes === undefined ? [] : [{ round, connections, bytes }];
  });
}

function lineThrough(points: HoldLine['points']) {
  if (new Set(points.map((point) => point.connections)).size < MIN_STEPS) return undefined;
  return leastSquares(points.map(({ connections: x, bytes: y }) => ({ x, y })));
}
