import type { LoadResult } from '@ws-arena/load/load-result';

/** The histograms of a load result that percentiles are taken from. */
export type HistogramName = 'scheduleLag' | 'latencyIntended' | 'latencyActual' | 'latencyLast' | 'handshake';

/** What a figure is: its unit, its direction and how it is made from rounds. */
export interface Metric {
  /** A few words, as a heading. */
  readonly title: string;
  /** The heading where there is little room. */
  readonly short?: string;
  /** A base unit: `1/s`, `ns`, `B`, `1`. */
  readonly unit: '1/s' | 'ns' | 'B' | '1';
  readonly better: 'higher' | 'lower';
  /** The figure is a rate that something held back: it has a limiter. */
  readonly limited?: true;
  /** The figure is a quantile of a histogram: over several rounds it is taken from their merged histogram. */
  readonly quantile?: { readonly of: HistogramName & keyof LoadResult; readonly at: number };
}

const ns = (title: string): Metric => ({ title, unit: 'ns', better: 'lower' });
const cpu = (role: 'server' | 'proxy' | 'generator', per: string, short: string): Metric => ({
  ...ns(`${role} CPU per ${per}`),
  short: `${role === 'generator' ? 'gen' : role} CPU/${short}`,
});
const quantile = (title: string, of: HistogramName, at: number): Metric => ({
  ...ns(title),
  quantile: { of, at },
});
const rate = (title: string): Metric => ({ title, unit: '1/s', better: 'higher' });
const limited = (title: string): Metric => ({ ...rate(title), limited: true });

/** Every figure that a report can hold, by its name in `report.json`. CPU figures are CPU time on all cores. */
export const metrics = {
  messagesPerSec: limited('messages/s'),
  messagesPerCoreSec: rate('messages per core-second'),
  cpuPerMessageServer: cpu('server', 'message', 'msg'),
  cpuPerMessageProxy: cpu('proxy', 'message', 'msg'),
  cpuPerMessageServing: { ...ns('server and proxy CPU per message'), short: 'server+proxy CPU/msg' },
  cpuPerMessageGenerator: cpu('generator', 'message', 'msg'),
  p50: quantile('p50', 'latencyIntended', 0.5),
  p90: quantile('p90', 'latencyIntended', 0.9),
  p99: quantile('p99', 'latencyIntended', 0.99),
  p999: quantile('p99.9', 'latencyIntended', 0.999),
  max: quantile('max', 'latencyIntended', 1),
  p50Actual: quantile('p50 from the real send', 'latencyActual', 0.5),
  p90Actual: quantile('p90 from the real send', 'latencyActual', 0.9),
  p99Actual: { ...quantile('p99 from the real send', 'latencyActual', 0.99), short: 'p99 actual' },
  p999Actual: quantile('p99.9 from the real send', 'latencyActual', 0.999),
  maxActual: quantile('max from the real send', 'latencyActual', 1),
  sloRatePerSec: { ...limited('highest rate within the bound'), short: 'highest rate' },
  sloConnections: { title: 'most connections within the bound', unit: '1', better: 'higher', limited: true },
  deliveriesPerSec: limited('deliveries/s'),
  deliveriesPerCoreSec: rate('deliveries per core-second'),
  lastMemberP50: quantile('p50 until the last member', 'latencyLast', 0.5),
  lastMemberP99: { ...quantile('p99 until the last member', 'latencyLast', 0.99), short: 'p99 last' },
  cpuPerDeliveryServer: cpu('server', 'delivery', 'dlv'),
  cpuPerDeliveryProxy: cpu('proxy', 'delivery', 'dlv'),
  cpuPerDeliveryGenerator: cpu('generator', 'delivery', 'dlv'),
  handshakesPerSec: limited('handshakes/s'),
  handshakesPerCoreSec: rate('handshakes per core-second'),
  handshakeP50: quantile('handshake p50', 'latencyIntended', 0.5),
  handshakeP99: quantile('handshake p99', 'latencyIntended', 0.99),
  cpuPerHandshakeServer: cpu('server', 'handshake', 'hs'),
  cpuPerHandshakeProxy: cpu('proxy', 'handshake', 'hs'),
  cpuPerHandshakeServing: { ...ns('server and proxy CPU per handshake'), short: 'server+proxy CPU/hs' },
  cpuPerHandshakeGenerator: cpu('generator', 'handshake', 'hs'),
  bytesPerConnection: {
    title: 'server memory per connection',
    short: 'server B/conn',
    unit: 'B',
    better: 'lower',
  },
  bytesPerConnectionProxy: {
    title: 'proxy memory per connection',
    short: 'proxy B/conn',
    unit: 'B',
    better: 'lower',
  },
  bytesPerConnectionServing: { title: 'server and proxy memory per connection', unit: 'B', better: 'lower' },
  cpuPerConnectionSecServer: cpu('server', 'connection and second', 'conn·s'),
  cpuPerConnectionSecProxy: cpu('proxy', 'connection and second', 'conn·s'),
  unexpectedCloses: { title: 'unexpected closes', unit: '1', better: 'lower' },
  wireRatio: {
    title: 'bytes received on the wire per payload byte',
    short: 'wire ratio',
    unit: '1',
    better: 'lower',
  },
  largestMessage: {
    title: 'largest message accepted',
    short: 'largest message',
    unit: 'B',
    better: 'higher',
  },
  requestsPerSec: limited('requests/s'),
  cpuPerRequestServer: cpu('server', 'request', 'req'),
  requestP99: ns('request p99'),
  failedRequests: { title: 'failed requests', unit: '1', better: 'lower' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The metric of that name, or undefined: a report from a later version may hold others. */
export function metricNamed(name: string): Metric | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined;
}
