import type { LoadResult } from '@ws-arena/load/load-result';
import type { Limiter } from '@ws-arena/results/report-file';
import type { SloStep, Trial, Usage } from '@ws-arena/results/trial';
import { limiterOf, SATURATED } from './limiter.ts';
import { type HistogramName, type MetricName, metrics } from './metrics.ts';
import { quantileOf, readHistogram, type SparseHistogram } from './sparse-histogram.ts';
import { leastSquares } from './statistics/least-squares.ts';

/** One figure of one trial, in the base unit of its metric. */
export interface Figure {
  readonly metric: MetricName;
  readonly value: number;
  /** Of figures that something held back. */
  readonly limiter?: Limiter;
  /** Of figures for a core-second: the server was not driven to its limit, and may do more. */
  readonly lowerBound?: boolean;
}

/** A trial's histograms, each read at most once. */
export interface TrialHistograms {
  get(name: HistogramName): SparseHistogram | undefined;
}

/** Memory is a slope over the number of connections; with fewer different numbers than this there is none. */
export const MIN_HOLD_STEPS = 3;

/** The histograms of `trial`, read when they are first asked for. */
export function histogramsOf(trial: Trial): TrialHistograms {
  const read = new Map<HistogramName, SparseHistogram | undefined>();
  return {
    get(name) {
      if (!read.has(name)) {
        const text = trial.load?.[name];
        const histogram = text === undefined ? undefined : readHistogram(text);
        read.set(name, histogram && histogram.total > 0 ? histogram : undefined);
      }
      return read.get(name);
    },
  };
}

/**
 * Everything that one good trial says, in base units. What was not measured is absent; closed-loop latency is never a
 * figure, because at saturation it is only the window divided by the rate.
 * @param sharedCore whether server and proxy ran on one core.
 * @throws Error when a stored histogram cannot be read.
 */
export function figuresOf(trial: Trial, histograms: TrialHistograms, sharedCore: boolean): Figure[] {
  const { load } = trial;
  switch (trial.case.scenario) {
    case 'echo':
    case 'deflate':
      return load ? [...throughput(trial, load, sharedCore), ...compression(trial, load)] : [];
    case 'latency':
      return load ? [...quantiles(histograms, latency), ...cpuPerMessage(trial, load)] : [];
    case 'slo':
      return slo(trial);
    case 'broadcast':
      return load ? broadcast(trial, load, histograms, sharedCore) : [];
    case 'connect':
      return load ? connect(trial, load, histograms, sharedCore) : [];
    case 'hold':
      return hold(trial);
    case 'limit':
      return load?.limit ? [{ metric: 'largestMessage', value: load.limit.largestBytes }] : [];
    case 'http':
      return http(trial, histograms, sharedCore);
  }
}

const latency: readonly MetricName[] = [
  'p50',
  'p90',
  'p99',
  'p999',
  'max',
  'p50Actual',
  'p90Actual',
  'p99Actual',
  'p999Actual',
  'maxActual',
];

function throughput(trial: Trial, load: LoadResult, sharedCore: boolean): Figure[] {
  const limiter = trialLimiter(trial, sharedCore);
  return [
    { metric: 'messagesPerSec', value: perSec(load.messages.delivered, load), limiter },
    ...perCore(trial, 'messagesPerCoreSec', load.messages.delivered, limiter),
    ...cpuPerMessage(trial, load),
  ];
}

function cpuPerMessage(trial: Trial, load: LoadResult): Figure[] {
  const count = load.messages.delivered;
  return [
    ...cpuPer(trial.usage?.server, 'cpuPerMessageServer', count),
    ...cpuPer(trial.usage?.proxy, 'cpuPerMessageProxy', count),
    ...cpuServing(trial, 'cpuPerMessageServing', count),
    ...cpuPer(trial.usage?.generator, 'cpuPerMessageGenerator', count),
  ];
}

function compression(trial: Trial, load: LoadResult): Figure[] {
  const { wireReceived, payloadReceived } = load.bytes;
  if (trial.case.scenario !== 'deflate' || payloadReceived === 0) return [];
  return [{ metric: 'wireRatio', value: wireReceived / payloadReceived }, ...memory(trial)];
}

function slo({ slo }: Trial): Figure[] {
  return [
    ...(slo?.ratePerSec === undefined
      ? []
      : [
          {
            metric: 'sloRatePerSec' as const,
            value: slo.ratePerSec,
            ...sloLimiter(slo.ratePerSec, slo.steps),
          },
        ]),
    ...(slo?.connections === undefined
      ? []
      : [
          {
            metric: 'sloConnections' as const,
            value: slo.connections,
            ...sloLimiter(slo.connections, slo.steps),
          },
        ]),
  ];
}

/** What stopped the lowest level above the one that was found, at its last try. */
function sloLimiter(found: number, steps: readonly SloStep[]): { limiter?: Limiter } {
  const above = steps.filter((step) => !step.met && step.offered > found);
  const lowest = above.toSorted((a, b) => a.offered - b.offered)[0]?.offered;
  const last = above.findLast((step) => step.offered === lowest);
  return last ? { limiter: last.limiter as Limiter } : {};
}

function broadcast(
  trial: Trial,
  load: LoadResult,
  histograms: TrialHistograms,
  sharedCore: boolean,
): Figure[] {
  const count = load.messages.delivered;
  const limiter = trialLimiter(trial, sharedCore);
  return [
    { metric: 'deliveriesPerSec', value: perSec(count, load), limiter },
    ...perCore(trial, 'deliveriesPerCoreSec', count, limiter),
    // The next message leaves when all have the one before: these are times of one fan-out, and as slow as who was slow.
    ...quantiles(histograms, ['p50', 'p99', 'lastMemberP50', 'lastMemberP99']).map((figure) => ({
      ...figure,
      limiter,
    })),
    ...cpuPer(trial.usage?.server, 'cpuPerDeliveryServer', count),
    ...cpuPer(trial.usage?.proxy, 'cpuPerDeliveryProxy', count),
    ...cpuPer(trial.usage?.generator, 'cpuPerDeliveryGenerator', count),
  ];
}

function connect(trial: Trial, load: LoadResult, histograms: TrialHistograms, sharedCore: boolean): Figure[] {
  const count = load.handshakes;
  const limiter = trialLimiter(trial, sharedCore);
  const atRate = trial.case.params.ratePerSec !== undefined;
  return [
    { metric: 'handshakesPerSec', value: perSec(count, load), limiter },
    ...perCore(trial, 'handshakesPerCoreSec', count, limiter),
    // With a number under way at once, the time of a handshake is only that number divided by the rate.
    ...(atRate ? quantiles(histograms, ['handshakeP50', 'handshakeP99']) : []),
    ...cpuPer(trial.usage?.server, 'cpuPerHandshakeServer', count),
    ...cpuPer(trial.usage?.proxy, 'cpuPerHandshakeProxy', count),
    ...cpuServing(trial, 'cpuPerHandshakeServing', count),
    ...cpuPer(trial.usage?.generator, 'cpuPerHandshakeGenerator', count),
  ];
}

function hold(trial: Trial): Figure[] {
  const { load, usage } = trial;
  const connections = trial.held?.at(-1)?.connections ?? load?.connections.opened ?? 0;
  const connectionSeconds = (connections * (load?.measuredNs ?? 0)) / 1e9;
  return [
    ...memory(trial),
    ...cpuPer(usage?.server, 'cpuPerConnectionSecServer', connectionSeconds),
    ...cpuPer(usage?.proxy, 'cpuPerConnectionSecProxy', connectionSeconds),
    ...(load ? [{ metric: 'unexpectedCloses' as const, value: sum(load.connections.closed) }] : []),
  ];
}

function memory({ held = [] }: Trial): Figure[] {
  if (new Set(held.map((sample) => sample.connections)).size < MIN_HOLD_STEPS) return [];
  const server = leastSquares(held.map(({ connections: x, serverRssBytes: y }) => ({ x, y })));
  const proxy = held.every((sample) => sample.proxyRssBytes !== undefined)
    ? leastSquares(held.map(({ connections: x, proxyRssBytes: y = 0 }) => ({ x, y })))
    : undefined;
  return [
    ...(server ? [{ metric: 'bytesPerConnection' as const, value: server.slope }] : []),
    ...(proxy ? [{ metric: 'bytesPerConnectionProxy' as const, value: proxy.slope }] : []),
    ...(server && proxy
      ? [{ metric: 'bytesPerConnectionServing' as const, value: server.slope + proxy.slope }]
      : []),
  ];
}

function http(trial: Trial, histograms: TrialHistograms, sharedCore: boolean): Figure[] {
  const { http: result, load, usage } = trial;
  if (!result) return [];
  const seconds = (result.measuredNs ?? 0) / 1e9;
  return [
    { metric: 'requestsPerSec', value: result.requestsPerSec, limiter: trialLimiter(trial, sharedCore) },
    // autocannon counts whole milliseconds, and alone it is a closed loop: only beside a load is its tail a figure.
    ...(load ? [{ metric: 'requestP99' as const, value: result.p99Ms * 1e6 }] : []),
    { metric: 'failedRequests', value: result.errors + result.non2xx },
    // With WebSocket clients beside it the server's CPU time is not that of the requests alone.
    ...(load ? [] : cpuPer(usage?.server, 'cpuPerRequestServer', result.requestsPerSec * seconds)),
    ...(load ? quantiles(histograms, latency) : []),
  ];
}

function quantiles(histograms: TrialHistograms, names: readonly MetricName[]): Figure[] {
  return names.flatMap((metric) => {
    const spec = metrics[metric];
    const histogram = 'quantile' in spec ? histograms.get(spec.quantile.of) : undefined;
    if (!('quantile' in spec) || !histogram) return [];
    return [{ metric, value: quantileOf(histogram, spec.quantile.at) }];
  });
}

/** What limited the load of one trial. @param sharedCore server and proxy run on one core. */
export function trialLimiter({ usage, load, http: result, elapsedMs }: Trial, sharedCore: boolean): Limiter {
  return limiterOf({
    ...usage,
    // Beside WebSocket clients, the schedule is theirs, not that of the requests.
    behindSchedule: (!result && load?.generator.behindSchedule) ?? false,
    measuredNs: result?.measuredNs ?? load?.measuredNs ?? elapsedMs * 1e6,
    sharedCore,
  });
}

function perSec(count: number, load: LoadResult): number {
  return (count / load.measuredNs) * 1e9;
}

/**
 * The reciprocal of CPU per message: what a core can do where it was full. An idle server batches less, and one that sleeps
 * between messages pays for each waking. Before a proxy it shares its core, so there the limiter decides.
 */
function perCore(trial: Trial, metric: MetricName, count: number, limiter: Limiter): Figure[] {
  const { server, proxy } = trial.usage ?? {};
  if (!server || server.cpuNs === 0 || count === 0) return [];
  const coreShare = server.cpuNs / (trial.load?.measuredNs ?? Number.POSITIVE_INFINITY);
  const driven = proxy
    ? limiter === 'server' || limiter === 'proxy'
    : Math.max(server.saturation, coreShare) >= SATURATED;
  return [{ metric, value: (count / server.cpuNs) * 1e9, ...(!driven && { lowerBound: true }) }];
}

function cpuPer(usage: Usage | undefined, metric: MetricName, count: number): Figure[] {
  return usage && count > 0 ? [{ metric, value: usage.cpuNs / count }] : [];
}

/** Server and proxy together; without a proxy there is no such figure. */
function cpuServing({ usage }: Trial, metric: MetricName, count: number): Figure[] {
  if (!usage?.proxy || count === 0) return [];
  return [{ metric, value: (usage.server.cpuNs + usage.proxy.cpuNs) / count }];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
