import { emptyHistogram, encodeHistogram } from '@ws-arena/results/histogram';
import type { LoadResult } from '@ws-arena/results/load-result';
import type { Run } from '@ws-arena/results/run-file';
import type { Case, Params, Route, Scenario, Trial, Usage } from '@ws-arena/results/trial';
import { seededRandom } from '../statistics/random.ts';

/** What the made-up run is to look like. */
export interface SampleOptions {
  readonly rounds?: number;
  readonly seed?: number;
  /** Standard deviation of each figure between rounds, as a share of it. */
  readonly noise?: number;
  /** Targets whose costs are multiplied, e.g. `{ uws: 1.1 }`: 10 % slower. */
  readonly slowed?: Readonly<Record<string, number>>;
  /** How often every case stands in the run, each time with one connection more, to make a large run. */
  readonly copies?: number;
  /** Only these scenarios. */
  readonly scenarios?: readonly Scenario[];
}

interface Character {
  readonly library: string;
  readonly version: string;
  readonly language: string;
  readonly kind: string;
  /** Server CPU per echoed message at window 16, in nanoseconds. */
  readonly messageNs: number;
  readonly handshakeNs: number;
  readonly deliveryNs: number;
  readonly bytesPerConnection: number;
  readonly requestNs: number;
}

/** Costs near those that DESIGN.md and FACTS.md report for these libraries. */
const characters: Readonly<Record<string, Character>> = {
  ws: character('ws', '8.23.0', 'TypeScript', 'reference', [8000, 160_000, 3600, 8200, 42_000]),
  uws: character('uWebSockets.js', '20.0.8', 'TypeScript', 'reference', [980, 30_000, 700, 1150, 6_000]),
  socketio: character('socket.io', '4.8.4', 'TypeScript', 'reference', [12_300, 290_000, 4100, 18_900, 61_000]),
  gorilla: character('gorilla/websocket', '1.5.3', 'Go', 'baseline', [4600, 70_000, 2900, 24_600, 14_000]),
};

function character(
  library: string,
  version: string,
  language: string,
  kind: string,
  costs: readonly [number, number, number, number, number],
): Character {
  const [messageNs, handshakeNs, deliveryNs, bytesPerConnection, requestNs] = costs;
  return { library, version, language, kind, messageNs, handshakeNs, deliveryNs, bytesPerConnection, requestNs };
}

const PROXY_MESSAGE_NS = 5200;
const WINDOW_NS = 1_000_000_000;

interface Maker {
  readonly route: Route;
  readonly of: Character;
  readonly slow: number;
  readonly params: Params;
  /** Multiplies by a number near 1 that differs from call to call. */
  noisy(value: number): number;
}

/**
 * A made-up run with every scenario, route and kind of target, that is the same for the same options: `uws` is fast
 * enough that the generator is the limit at window 1, `coder` could not start, one trial of `socketio` failed, and
 * `gorilla` lost messages in one round.
 */
export function sampleRun(options: SampleOptions = {}): Run {
  const { rounds = 5, seed = 1, noise = 0.02, slowed = {}, copies = 1 } = options;
  const random = seededRandom(seed);
  const noisy = (value: number) => value * (1 + noise * normal(random));
  const cases = allCases(copies).filter((one) => options.scenarios?.includes(one.scenario) ?? true);
  const trials: Trial[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const one of cases) {
      const of = characters[one.target]!;
      const made = measure(one, { route: one.route, of, slow: slowed[one.target] ?? 1, params: one.params, noisy });
      trials.push({
        type: 'trial',
        case: one,
        round,
        startedAt: `2026-11-22T12:${String(round).padStart(2, '0')}:00.000Z`,
        elapsedMs: 1200,
        warnings: [],
        ...(one.target === 'socketio' && one.scenario === 'connect' && round === 1 ? failed : made),
        ...(one.target === 'gorilla' && one.scenario === 'broadcast' && round === 0 && lossy(made)),
      });
    }
  }
  return { header: header(cases, rounds), targets: header(cases, rounds).targets, trials, ...ending };
}

const failed = { error: 'socketio ended in the middle of the trial (SIGKILL)' };

function lossy(made: Partial<Trial>): Partial<Trial> {
  const load = made.load!;
  return {
    load: { ...load, messages: { ...load.messages, delivered: load.messages.delivered - 3, lost: 3 } },
  };
}

const ending = {
  conformance: ['utf-8: an invalid byte', 'a frame without a mask', 'a ping of 126 bytes'].flatMap((name, index) =>
    Object.keys(characters).map((target) => ({
      type: 'conformance' as const,
      target,
      name,
      expected: index === 0 ? '1007' : '1002',
      outcome: target === 'uws' && index < 2 ? '1006' : index === 0 ? '1007' : '1002',
      verdict: target === 'uws' && index < 2 ? ('failed' as const) : ('ok' as const),
    })),
  ),
  end: { type: 'end' as const, finishedAt: '2026-11-22T12:05:00.000Z', elapsedMs: 300_000 },
  problems: [],
};

function header(cases: readonly Case[], rounds: number): Run['header'] {
  const running = Object.entries(characters).map(([name, of]) => ({
    name,
    library: of.library,
    version: of.version,
    language: of.language,
    kind: of.kind,
    runtime: of.language === 'Go' ? 'go1.26.8' : 'node 22.23.3',
    available: true,
    notes: [],
  }));
  const missing = {
    name: 'coder',
    library: 'coder/websocket',
    version: '',
    language: 'Go',
    kind: 'baseline',
    available: false,
    reason: 'the Go baselines need a Go toolchain (go 1.23 or later), and none is in the PATH',
    notes: [],
  };
  return {
    type: 'run',
    schemaVersion: 1,
    command: 'pnpm bench --preset standard',
    argv: ['--preset', 'standard'],
    preset: 'standard',
    startedAt: '2026-11-22T12:00:00.000Z',
    environment: {
      cpuModel: 'AMD EPYC 9B14',
      cores: 2,
      memoryBytes: 8_589_934_592,
      kernel: 'Linux 6.18.0',
      os: 'Debian GNU/Linux 12',
      node: '22.23.3',
      v8: '12.4.254.21',
      nginx: '1.22.1',
      openssl: '3.0.17',
      descriptors: 20_000,
      pinning: 'server and proxy on CPU 0, generator on CPU 1',
      settings: {},
    },
    targets: [...running, missing],
    cases,
    rounds,
  };
}

const routes: readonly Route[] = ['direct', 'nginx', 'nginx-tls'];

const shapes: readonly [Case['scenario'], Params, readonly Route[]][] = [
  ['echo', { connections: 100, payloadBytes: 64, window: 1 }, routes],
  ['echo', { connections: 100, payloadBytes: 64, window: 16 }, routes],
  ['latency', { connections: 100, payloadBytes: 64, ratePerSec: 30_000, load: '0.5' }, routes],
  ['latency', { connections: 100, payloadBytes: 64, ratePerSec: 54_000, load: '0.9' }, ['direct']],
  ['slo', { connections: 100, payloadBytes: 64, p99BoundMs: 10 }, ['direct']],
  ['broadcast', { members: 500, payloadBytes: 64 }, ['direct', 'nginx']],
  ['connect', { concurrency: 32 }, routes],
  ['hold', { connections: 2000, pingPeriodMs: 500 }, ['direct', 'nginx']],
  ['deflate', { connections: 50, payloadBytes: 1024, window: 4, level: 0, takeover: 'no' }, ['direct']],
  ['deflate', { connections: 50, payloadBytes: 1024, window: 4, level: 6, takeover: 'no' }, ['direct']],
  ['limit', { readLimitBytes: 65_536 }, ['direct', 'nginx']],
  ['http', { path: '/healthz', beside: 'nothing' }, ['direct']],
];

function allCases(copies: number): Case[] {
  return shapes.flatMap(([scenario, params, ways]) =>
    Array.from({ length: copies }, (_, copy) =>
      copy === 0 ? params : { ...params, connections: Number(params.connections ?? 1) + copy },
    ).flatMap((each) =>
      ways.flatMap((route) =>
        Object.keys(characters).map((target) => ({ scenario, target, route, params: each })),
      ),
    ),
  );
}

function measure(one: Case, maker: Maker): Partial<Trial> {
  const { of, slow, params } = maker;
  switch (one.scenario) {
    case 'echo':
      return streamed(maker, of.messageNs * (params.window === 1 ? 1.4 : 1) * slow, params.window === 1 ? 5900 : 800);
    case 'latency':
      return timed(maker, of.messageNs * slow, Number(params.ratePerSec));
    case 'slo':
      return { slo: { ratePerSec: Math.round(maker.noisy(6e8 / (of.messageNs * slow))), precision: 0.05, steps: [] } };
    case 'broadcast':
      return fannedOut(maker, of.deliveryNs * slow);
    case 'connect':
      return connected(maker, of.handshakeNs * slow);
    case 'hold':
      return held(maker);
    case 'deflate':
      return compressed(maker, of.messageNs * slow);
    case 'limit':
      return { load: { ...quiet(), limit: { largestBytes: 65_536, past: of.library === 'ws' ? '1009' : '1006' } } };
    case 'http':
      return requested(maker, of.requestNs * slow);
  }
}

/** Server, proxy and generator at work, and what limits them: server and proxy share a core, the generator has one. */
function streamed(maker: Maker, serverNs: number, generatorNs: number): Partial<Trial> {
  const proxyNs = maker.route === 'direct' ? 0 : maker.noisy(PROXY_MESSAGE_NS * (maker.route === 'nginx' ? 1 : 1.6));
  const server = maker.noisy(serverNs);
  const generator = maker.noisy(generatorNs);
  const perSec = 1e9 / Math.max(server + proxyNs, generator);
  return { load: delivered(Math.round(perSec)), usage: usages(perSec, server, proxyNs, generator) };
}

function usages(perSec: number, serverNs: number, proxyNs: number, generatorNs: number): NonNullable<Trial['usage']> {
  const full = Math.min(1, (perSec * (serverNs + proxyNs)) / 1e9);
  return {
    server: used(perSec * serverNs, proxyNs > 0 && full > 0.95 ? 0.99 : full),
    generator: used(perSec * generatorNs, Math.min(1, (perSec * generatorNs) / 1e9)),
    ...(proxyNs > 0 && { proxy: used(perSec * proxyNs, full > 0.95 ? 0.99 : (perSec * proxyNs) / 1e9) }),
  };
}

function used(cpuNs: number, saturation: number): Usage {
  const rssBytes = 90_000_000;
  return { processes: 1, cpuNs: Math.round(cpuNs), systemShare: 0.6, saturation, rssBytes, rssPeakBytes: rssBytes };
}

function timed(maker: Maker, serverNs: number, perSec: number): Partial<Trial> {
  const busy = Math.min(0.97, (perSec * serverNs) / 1e9);
  const serviceNs = maker.noisy((serverNs * 3) / (1 - busy));
  const proxyNs = maker.route === 'direct' ? 0 : PROXY_MESSAGE_NS;
  return {
    load: {
      ...delivered(perSec),
      latencyIntended: histogram(serviceNs + proxyNs * 4, busy),
      latencyActual: histogram((serviceNs + proxyNs * 4) * 0.93, busy * 0.8),
    },
    usage: usages(perSec, maker.noisy(serverNs), proxyNs, 5900),
  };
}

function fannedOut(maker: Maker, deliveryNs: number): Partial<Trial> {
  const { load, usage } = streamed(maker, deliveryNs, 500);
  const lastNs = maker.noisy(deliveryNs * Number(maker.params.members));
  return {
    load: { ...load!, latencyIntended: histogram(lastNs / 2, 0.3), latencyLast: histogram(lastNs, 0.1) },
    ...(usage && { usage }),
  };
}

function connected(maker: Maker, handshakeNs: number): Partial<Trial> {
  const { load, usage } = streamed(maker, handshakeNs, 70_000);
  const handshake = histogram(maker.noisy(handshakeNs * 45), 0.2);
  return { load: { ...load!, handshakes: load!.messages.delivered, handshake }, ...(usage && { usage }) };
}

function held(maker: Maker): Partial<Trial> {
  const perConnection = maker.of.bytesPerConnection * maker.slow;
  const proxied = maker.route !== 'direct';
  const most = Number(maker.params.connections);
  return {
    load: { ...quiet(), connections: { asked: most, opened: most, failed: {}, closed: {} } },
    usage: usages(Number(maker.params.connections), maker.noisy(2500), proxied ? 900 : 0, 1500),
    held: [0.25, 0.5, 1].map((share) => ({
      connections: most * share,
      serverRssBytes: Math.round(70_000_000 + maker.noisy(perConnection) * most * share),
      ...(proxied && { proxyRssBytes: Math.round(9_000_000 + maker.noisy(19_000) * most * share) }),
    })),
  };
}

function compressed(maker: Maker, messageNs: number): Partial<Trial> {
  const on = Number(maker.params.level) > 0;
  const { load, usage } = streamed(maker, messageNs + (on ? 21_000 : 900), on ? 9000 : 1500);
  const payload = load!.messages.delivered * 1024;
  const wire = Math.round(payload * (on ? maker.noisy(0.31) : 1.004));
  const bytes = { wireSent: wire, wireReceived: wire, payloadSent: payload, payloadReceived: payload };
  const extensions = on ? 'permessage-deflate; server_no_context_takeover; client_no_context_takeover' : '';
  return { load: { ...load!, bytes, extensions }, ...(usage && { usage }) };
}

function requested(maker: Maker, requestNs: number): Partial<Trial> {
  const server = maker.noisy(requestNs);
  const perSec = 1e9 / Math.max(server, 26_000);
  return {
    http: {
      measuredNs: WINDOW_NS,
      requestsPerSec: Math.round(perSec),
      p50Ms: (50 / perSec) * 1000,
      p99Ms: (120 / perSec) * 1000,
      errors: 0,
      non2xx: 0,
    },
    usage: usages(perSec, server, 0, 26_000),
  };
}

function quiet(): LoadResult {
  return delivered(0);
}

function delivered(count: number): LoadResult {
  const bytes = count * 64;
  return {
    connections: { asked: 100, opened: 100, failed: {}, closed: {} },
    extensions: '',
    measuredNs: WINDOW_NS,
    messages: {
      offered: count,
      sent: count,
      expected: count,
      delivered: count,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      corrupted: 0,
    },
    bytes: { wireSent: bytes, wireReceived: bytes, payloadSent: bytes, payloadReceived: bytes },
    handshakes: 0,
    generator: { processes: 1, pids: [1], cpuUserUs: 0, cpuSystemUs: 0, busiest: 0, behindSchedule: false },
    warnings: [],
  };
}

const encoded = new Map<string, string>();

const DISTINCT = 2000;
const OF_EACH = 6;

/** 12,000 values around `medianNs` with a tail that grows with `busy`; sizes are rounded so that few are ever made. */
function histogram(medianNs: number, busy: number): string {
  const step = Math.round(Math.log(medianNs) * 200);
  const key = `${step} ${busy.toFixed(2)}`;
  const known = encoded.get(key);
  if (known) return known;
  const made = emptyHistogram();
  for (let i = 0; i < DISTINCT; i += 1) {
    const z = probit((i + 0.5) / DISTINCT);
    const valueNs = Math.exp(step / 200 + z * (0.25 + busy * 0.5) + Math.max(0, z - 2) * busy);
    made.recordValueWithCount(Math.round(valueNs), OF_EACH);
  }
  const text = encodeHistogram(made);
  encoded.set(key, text);
  return text;
}

/** The inverse of the normal distribution, by its logistic approximation: good enough for made-up data. */
function probit(p: number): number {
  return Math.log(p / (1 - p)) / 1.702;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
