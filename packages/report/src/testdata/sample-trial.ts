import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { Case, Params, Route, Trial, Usage } from '@ws-arena/results/trial';

/** What a made-up target is and costs. */
export interface Character {
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
export const characters: Readonly<Record<string, Character>> = {
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

/** What a made-up trial is made from. */
export interface Maker {
  readonly route: Route;
  readonly of: Character;
  readonly slow: number;
  readonly params: Params;
  /** Multiplies by a number near 1 that differs from call to call. */
  noisy(value: number): number;
}

/** What one case of a made-up target measures. */
export function measure(one: Case, maker: Maker): Partial<Trial> {
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
