import type { Ladder, NeedId } from '@ws-arena/results/report-file';
import type { Case, Params, Route, Scenario } from '@ws-arena/results/trial';
import { equalLoad, laneKey, rateOf } from './ladders.ts';
import type { MetricName } from './metrics.ts';

/** Which figure stands for a need, and which of several cases is taken for it. */
export interface NeedSource {
  readonly id: NeedId;
  readonly title: string;
  readonly scenario: Scenario;
  readonly routes: readonly Route[];
  /** The cost, unless another is named. */
  readonly metric?: MetricName;
  /** Of several cases with as many targets, the one with the greatest number; undefined does not stand for the need. */
  rank(params: Params): number | undefined;
}

const bySize = (params: Params) => -Number(params.payloadBytes ?? 0);
const inBursts = (wanted: boolean) => (params: Params) =>
  Number(params.burst ?? 1) > 1 === wanted ? bySize(params) : undefined;
const direct: readonly Route[] = ['direct'];

export const needSources: readonly NeedSource[] = [
  { id: 'message', title: 'CPU per message', scenario: 'load', routes: direct, rank: inBursts(false) },
  {
    id: 'burst',
    title: 'CPU per message, in bursts',
    scenario: 'load',
    routes: direct,
    rank: inBursts(true),
  },
  {
    id: 'latency',
    title: 'p99 at equal load, in bursts',
    scenario: 'load',
    routes: direct,
    // Messages that come one at a time wait for the machine more than for the server.
    metric: 'p99Typical',
    rank: inBursts(true),
  },
  {
    id: 'fanout',
    title: 'CPU per delivery to a room',
    scenario: 'broadcast',
    routes: direct,
    rank: ({ members }) => Number(members),
  },
  { id: 'handshakes', title: 'CPU per handshake', scenario: 'connect', routes: direct, rank: () => 0 },
  {
    id: 'nginx',
    title: 'CPU per message behind Nginx',
    scenario: 'load',
    routes: ['nginx', 'nginx-tls'],
    rank: inBursts(false),
  },
  {
    id: 'compression',
    title: 'CPU per compressed message',
    scenario: 'deflate',
    routes: direct,
    // Level 6 without context takeover is what most libraries can do.
    rank: ({ level, takeover }) =>
      Number(level) === 0 ? undefined : (level === 6 ? 2 : 0) + (takeover === 'no' ? 1 : 0),
  },
  {
    id: 'memory',
    title: 'memory per connection',
    scenario: 'hold',
    routes: direct,
    metric: 'bytesPerConnection',
    rank: ({ connections }) => Number(connections),
  },
  {
    id: 'idle',
    title: 'memory per connection behind Nginx',
    scenario: 'hold',
    routes: ['nginx', 'nginx-tls'],
    metric: 'bytesPerConnectionServing',
    rank: ({ connections }) => Number(connections),
  },
  {
    id: 'rooms',
    title: 'CPU per delivery, rooms at 60 Hz',
    scenario: 'rooms',
    routes: direct,
    rank: ({ hz, instances = 1 }) => Number(hz) - Number(instances),
  },
  {
    id: 'deploys',
    title: 'until 99 % are back after a deploy',
    scenario: 'deploy',
    routes: ['nginx', 'nginx-tls'],
    metric: 'backMostNs',
    rank: ({ recovery }) => (recovery === undefined ? 0 : undefined),
  },
];

/** The cases that stand for some need, of those given: they are worth the most precision. */
export function casesOfNeeds<T extends Case>(cases: readonly T[], ladders: readonly Ladder[]): Set<T> {
  return new Set(needSources.flatMap((source) => standingFor(source, cases, ladders)));
}

/** Of the cases of a need's scenario, one for each target: of a ladder, those at the rate that all targets keep. */
export function standingFor<T extends Case>(
  { scenario, routes, rank }: NeedSource,
  cases: readonly T[],
  ladders: readonly Ladder[],
): readonly T[] {
  const own = cases.filter(
    (one) => one.scenario === scenario && routes.includes(one.route) && rank(one.params) !== undefined,
  );
  const lanes = [...Map.groupBy(own, laneKey)].map(([key, lane]) => {
    const steps = ladders.filter((ladder) => laneKey({ scenario: 'load', ...ladder }) === key);
    const rate = scenario === 'load' ? equalLoad(steps) : Math.max(...lane.map((one) => rateOf(one) ?? 0));
    return lane.filter((one) => (rateOf(one) ?? 0) === rate);
  });
  const place = ([one]: readonly T[]) => (one ? routes.indexOf(one.route) : 0);
  const order = ([one]: readonly T[]) => (one ? (rank(one.params) ?? 0) : 0);
  return lanes.sort((a, b) => b.length - a.length || place(a) - place(b) || order(b) - order(a))[0] ?? [];
}
