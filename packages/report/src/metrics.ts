import type { SliceResult } from '@ws-arena/load/slice';
import type { Scenario } from '@ws-arena/results/trial';
import { metricWords } from './metric-words.ts';

/** The histograms of a slice that percentiles are taken from. */
export type HistogramName = 'intended' | 'actual' | 'lastMember';

/** What a figure is: its unit, its direction and what is made of it. */
export interface Metric {
  /** A few words, as a heading; of a cost, what of it: `server CPU`. */
  readonly title: string;
  /** A base unit: `1/s`, `ns`, `B`, `1`. */
  readonly unit: '1/s' | 'ns' | 'B' | '1';
  readonly better: 'higher' | 'lower';
  /** Targets are compared in it; the others stand beside it. */
  readonly compared?: true;
  /** CPU time for each unit of the scenario. */
  readonly cost?: true;
  /** A part of a whole, 0 to 1, that is printed in per cent. */
  readonly fraction?: true;
  /** The figure is this quantile of the merged histogram of all slices. */
  readonly quantile?: { readonly of: HistogramName & keyof SliceResult; readonly at: number };
}

const cost = (title: string): Metric => ({ title, unit: 'ns', better: 'lower', cost: true });
const quantile = (title: string, of: HistogramName, at: number): Metric => ({
  title,
  unit: 'ns',
  better: 'lower',
  quantile: { of, at },
});
const bytes = (title: string): Metric => ({ title, unit: 'B', better: 'lower' });
const compared = (metric: Metric): Metric => ({ ...metric, compared: true });

/** Every figure that a report can hold, by its name in `report.json`. CPU is time on all cores, user and system. */
export const metrics = {
  cpuServer: compared(cost('server CPU')),
  cpuProxy: cost('proxy CPU'),
  cpuServing: compared(cost('server + proxy CPU')),
  cpuRedis: cost('Redis CPU'),
  cpuGenerator: cost('generator CPU'),
  deliveredPerSec: compared({ title: 'delivered/s', unit: '1/s', better: 'higher' }),
  p50: compared(quantile('p50', 'intended', 0.5)),
  p90: quantile('p90', 'intended', 0.9),
  p99: compared(quantile('p99', 'intended', 0.99)),
  p99Typical: compared({ title: 'p99 of a typical slice', unit: 'ns', better: 'lower' }),
  p999: quantile('p99.9', 'intended', 0.999),
  p50Actual: quantile('p50 from the real send', 'actual', 0.5),
  p90Actual: quantile('p90 from the real send', 'actual', 0.9),
  p99Actual: quantile('p99 from the real send', 'actual', 0.99),
  p999Actual: quantile('p99.9 from the real send', 'actual', 0.999),
  lastMemberP50: quantile('p50 until the last member', 'lastMember', 0.5),
  lastMemberP99: compared(quantile('p99 until the last member', 'lastMember', 0.99)),
  wireRatio: compared({ title: 'wire bytes per payload byte', unit: '1', better: 'lower' }),
  bytesPerConnection: compared(bytes('server memory per connection')),
  bytesPerConnectionProxy: bytes('proxy memory per connection'),
  bytesPerConnectionServing: compared(bytes('server + proxy memory per connection')),
  connectionsPerGib: { title: 'connections per GiB', unit: '1', better: 'higher' },
  unexpectedCloses: { title: 'unexpected closes', unit: '1', better: 'lower' },
  handshakesPerSec: { title: 'handshakes/s', unit: '1/s', better: 'higher' },
  startTime: { title: 'time to start', unit: 'ns', better: 'lower' },
  expiredOpen: { title: 'served after expiry', unit: 'ns', better: 'lower' },
  revokedOpen: { title: 'served after revocation', unit: 'ns', better: 'lower' },
  revokedEnters: { title: 'admitted after revocation', unit: 'ns', better: 'lower' },
  cacheHits: { title: 'answers from the cache', unit: '1', better: 'higher', fraction: true },
  largestMessage: { title: 'largest message accepted', unit: 'B', better: 'higher' },
  backMostNs: { title: 'until 99 % were back', unit: 'ns', better: 'lower' },
  backAllNs: { title: 'until all were back', unit: 'ns', better: 'lower' },
  backInWindow: { title: 'back in the window', unit: '1', better: 'higher', fraction: true },
  awayMost: { title: 'clients away at most', unit: '1', better: 'lower', fraction: true },
  awayP50: { title: 'p50 of an absence', unit: 'ns', better: 'lower' },
  awayP99: { title: 'p99 of an absence', unit: 'ns', better: 'lower' },
  handshakesPeak: { title: 'handshakes at the peak', unit: '1/s', better: 'lower' },
  untilCut: { title: 'until the slow were cut', unit: 'ns', better: 'lower' },
  slowCut: { title: 'slow members cut', unit: '1', better: 'higher' },
  slowDropped: { title: 'dropped in silence', unit: '1', better: 'lower' },
  healthyP99: { title: 'p99 of the healthy', unit: 'ns', better: 'lower' },
  serverGrew: bytes('server memory growth'),
  proxyGrew: bytes('proxy memory growth'),
  messagesLost: { title: 'messages lost', unit: '1', better: 'lower' },
  lostWithConnection: { title: 'lost with their connection', unit: '1', better: 'lower' },
  lostUntouched: { title: 'lost by the untouched', unit: '1', better: 'lower' },
  sessionsRestored: { title: 'sessions restored', unit: '1', better: 'higher', fraction: true },
  messagesRepeated: { title: 'messages repeated', unit: '1', better: 'lower' },
  messagesLate: { title: 'messages late', unit: '1', better: 'lower' },
  connectedP99: { title: 'p99 of those connected', unit: 'ns', better: 'lower' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The metric of that name, or undefined: a report from a later version may hold others. */
export function metricNamed(name: string): Metric | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined;
}

/** What each scenario counts. */
export const unitOf: Readonly<Record<Scenario, string>> = {
  load: 'message',
  echo: 'message',
  broadcast: 'delivery',
  rooms: 'delivery',
  connect: 'handshake',
  deflate: 'message',
  http: 'request',
  hold: 'connection and second',
  limit: 'message',
  tokens: 'handshake',
  deploy: 'message',
  storm: 'message',
  crash: 'message',
  slow: 'delivery',
  mixed: 'message',
};

/** What each is; a metric without words is an error of the compiler. */
export const metricAbouts: Readonly<Record<MetricName, string>> = metricWords;

/** A figure's heading, and of a cost what it is for: `server CPU`, `per message`. */
export function metricHead(
  name: string,
  scenario: Scenario,
): { readonly title: string; readonly detail?: string; readonly about?: string } {
  const metric = metricNamed(name);
  if (!metric) return { title: name };
  const about = `${metricAbouts[name as MetricName]}; ${metric.better} is better`;
  return { title: metric.title, about, ...(metric.cost && { detail: `per ${unitOf[scenario] ?? 'unit'}` }) };
}

/** The same as one text: `server CPU per message`. */
export function metricTitle(name: string, scenario: Scenario): string {
  const { title, detail } = metricHead(name, scenario);
  return detail ? `${title} ${detail}` : title;
}

/** The figure that a target's cost is ranked by: where a proxy works for it, that of both. */
export function costMetric(route: string): MetricName {
  return route === 'direct' ? 'cpuServer' : 'cpuServing';
}
