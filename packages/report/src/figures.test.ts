import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { Params, Scenario, Trial, Usage } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { figuresOf, histogramsOf } from './figures.ts';
import { metrics } from './metrics.ts';

const usage = (cpuNs: number, saturation = 0.5): Usage => ({
  processes: 1,
  cpuNs,
  systemShare: 0.5,
  saturation,
  rssBytes: 0,
  rssPeakBytes: 0,
});

const nothing: LoadResult = {
  connections: { asked: 10, opened: 10, failed: {}, closed: {} },
  extensions: '',
  measuredNs: 2e9,
  messages: {
    offered: 0,
    sent: 0,
    expected: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
  },
  bytes: { wireSent: 0, wireReceived: 0, payloadSent: 0, payloadReceived: 0 },
  handshakes: 0,
  generator: { processes: 1, pids: [1], cpuUserUs: 0, cpuSystemUs: 0, busiest: 0, behindSchedule: false },
  warnings: [],
};

const messages = (delivered: number) => ({ ...nothing.messages, delivered });

/** A histogram of 1 to 100 µs, one of each. */
const upTo100 = (() => {
  const histogram = emptyHistogram();
  for (let us = 1; us <= 100; us += 1) histogram.recordValue(us * 1000);
  return encodeHistogram(histogram);
})();

function figures(scenario: Scenario, measured: Partial<Trial>, params: Params = {}): Record<string, unknown> {
  const trial: Trial = {
    type: 'trial',
    case: { scenario, target: 'ws', route: 'direct', params },
    round: 0,
    startedAt: '',
    elapsedMs: 2500,
    warnings: [],
    ...measured,
  };
  const found = figuresOf(trial, histogramsOf(trial), true);
  for (const { metric } of found) expect(metrics).toHaveProperty(metric);
  return Object.fromEntries(
    found.map(({ metric, value, limiter }) => [metric, limiter ? [value, limiter] : value]),
  );
}

test('echo: a rate with its limiter, and CPU per message of everyone', () => {
  const load = { ...nothing, messages: messages(200_000) };
  const all = { server: usage(1.5e9, 0.5), proxy: usage(0.5e9, 0.99), generator: usage(1e9, 0.5) };
  expect(figures('echo', { load, usage: all })).toEqual({
    messagesPerSec: [100_000, 'server'],
    messagesPerCoreSec: 200_000 / 1.5,
    cpuPerMessageServer: 7500,
    cpuPerMessageProxy: 2500,
    cpuPerMessageServing: 10_000,
    cpuPerMessageGenerator: 5000,
  });
});

test('echo without a proxy has no proxy figures, and never a latency', () => {
  const load = { ...nothing, messages: messages(1000), latencyActual: upTo100 };
  const found = figures('echo', { load, usage: { server: usage(1e6), generator: usage(1e6) } });
  expect(Object.keys(found)).toEqual([
    'messagesPerSec',
    'messagesPerCoreSec',
    'cpuPerMessageServer',
    'cpuPerMessageGenerator',
  ]);
  expect(found.messagesPerSec).toEqual([500, 'rate']);
});

test('latency: percentiles from the intended and from the real send', () => {
  const half = emptyHistogram();
  half.recordValue(50_000);
  const load = { ...nothing, latencyIntended: upTo100, latencyActual: encodeHistogram(half) };
  const found = figures('latency', { load });
  const near = (ns: number) => expect.closeTo(ns, -2);
  expect(found).toEqual({
    p50: near(50_000),
    p90: near(90_000),
    p99: near(99_000),
    p999: near(100_000),
    max: near(100_000),
    p50Actual: near(50_000),
    p90Actual: near(50_000),
    p99Actual: near(50_000),
    p999Actual: near(50_000),
    maxActual: near(50_000),
  });
});

test('broadcast: deliveries, and the time until the last member', () => {
  const load = { ...nothing, messages: messages(4000), latencyIntended: upTo100, latencyLast: upTo100 };
  const found = figures('broadcast', { load, usage: { server: usage(8e6, 1), generator: usage(1e6) } });
  expect(found).toMatchObject({
    deliveriesPerSec: [2000, 'server'],
    deliveriesPerCoreSec: 500_000,
    cpuPerDeliveryServer: 2000,
    lastMemberP50: [expect.closeTo(50_000, -2), 'server'],
    lastMemberP99: [expect.closeTo(99_000, -2), 'server'],
  });
});

test('connect: handshakes; their percentiles only at a rate, from the intended time', () => {
  const load = { ...nothing, handshakes: 100, handshake: upTo100, latencyIntended: upTo100 };
  const found = figures('connect', { load, usage: { server: usage(1e7), generator: usage(1e6, 0.99) } });
  expect(found).toMatchObject({
    handshakesPerSec: [50, 'generator'],
    handshakesPerCoreSec: 10_000,
    cpuPerHandshakeServer: 100_000,
  });
  expect(found).not.toHaveProperty('handshakeP99');
  expect(found).not.toHaveProperty('cpuPerHandshakeServing');
  const proxied = { server: usage(1e7), proxy: usage(2e7), generator: usage(1e6) };
  expect(figures('connect', { load, usage: proxied })).toMatchObject({ cpuPerHandshakeServing: 300_000 });
  const atRate = figures('connect', { load }, { ratePerSec: 50 });
  expect(atRate).toMatchObject({ handshakeP99: expect.closeTo(99_000, -2) });
});

describe('hold', () => {
  const step = (connections: number, serverRssBytes: number, proxyRssBytes?: number) => ({
    connections,
    serverRssBytes,
    ...(proxyRssBytes !== undefined && { proxyRssBytes }),
  });

  test('memory is a slope of server and proxy apart; closes are counted', () => {
    const connections = { ...nothing.connections, closed: { '1006': 2, '1001': 1 } };
    const found = figures('hold', {
      load: { ...nothing, connections },
      usage: { server: usage(4e6), generator: usage(0) },
      held: [step(100, 51e6, 1.5e6), step(200, 52e6, 2e6), step(400, 54e6, 3e6)],
    });
    expect(found).toEqual({
      bytesPerConnection: expect.closeTo(10_000),
      bytesPerConnectionProxy: expect.closeTo(5000),
      bytesPerConnectionServing: expect.closeTo(15_000),
      cpuPerConnectionSecServer: 5000,
      unexpectedCloses: 3,
    });
  });

  test('two steps make no slope', () => {
    expect(figures('hold', { held: [step(100, 1e6), step(200, 2e6)] })).toEqual({});
  });
});

test('deflate: what the server’s compression left of what it sent', () => {
  const bytes = { wireSent: 900, wireReceived: 310, payloadSent: 1000, payloadReceived: 1000 };
  const load = { ...nothing, messages: messages(10), bytes };
  expect(figures('deflate', { load })).toMatchObject({ wireRatio: 0.31, messagesPerSec: [5, 'rate'] });
});

test('slo and limit', () => {
  expect(figures('slo', { slo: { ratePerSec: 5000, precision: 0.05, steps: [] } })).toEqual({
    sloRatePerSec: 5000,
  });
  expect(figures('limit', { load: { ...nothing, limit: { largestBytes: 65_536, past: '1009' } } })).toEqual({
    largestMessage: 65_536,
  });
});

describe('http', () => {
  const http = { measuredNs: 1e9, requestsPerSec: 1000, p50Ms: 1, p99Ms: 3.5, errors: 1, non2xx: 2 };

  test('requests alone', () => {
    const found = figures('http', { http, usage: { server: usage(9.8e8, 0.98), generator: usage(5e8) } });
    expect(found).toEqual({
      requestsPerSec: [1000, 'server'],
      failedRequests: 3,
      cpuPerRequestServer: 980_000,
    });
  });

  test('beside WebSocket clients: what it cost them', () => {
    const generator = { ...nothing.generator, behindSchedule: true };
    const found = figures('http', { http, load: { ...nothing, latencyIntended: upTo100, generator } });
    expect(found).toMatchObject({ requestsPerSec: [1000, 'rate'], p99: expect.closeTo(99_000, -2) });
    expect(found).not.toHaveProperty('cpuPerRequestServer');
  });
});

test('what was not measured gives no figure', () => {
  for (const scenario of [
    'echo',
    'latency',
    'slo',
    'broadcast',
    'connect',
    'hold',
    'limit',
    'http',
  ] as const) {
    expect(figures(scenario, {})).toEqual({});
  }
  expect(figures('echo', { load: nothing })).toEqual({ messagesPerSec: [0, 'rate'] });
});
