import type {
  Cell,
  Curve,
  HoldLine,
  Limiter,
  Need,
  NeedId,
  NeedRow,
  Report,
} from '@ws-arena/results/report-file';
import type { ConformanceLine } from '@ws-arena/results/run-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { metricNamed } from '../metrics.ts';
import { proxyCostsOf } from '../proxy-cost.ts';

/** Made-up costs of a target: CPU per message, tail latency, memory of a connection, CPU of a handshake, wire ratio. */
const costs: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  ws: [8000, 1.9e6, 8200, 160_000, 0.21],
  uws: [980, 0.4e6, 1150, 30_000, 0.24],
  socketio: [12_300, 3.4e6, 18_900, 290_000, 0.22],
  gorilla: [4600, 1.1e6, 24_600, 70_000, 0.23],
  gobwas: [4550, 1.08e6, 21_000, 64_000, 0.25],
};
const names = Object.keys(costs);

/** A made-up report that has every place, limiter and gap a page must show; for tests of the page only. */
export function madeReport(change: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    command: 'pnpm bench --preset standard --targets ws,uws,socketio,gorilla,coder,gobwas',
    preset: 'standard',
    startedAt: '2026-11-22T12:00:00.000Z',
    finishedAt: '2026-11-22T12:31:00.000Z',
    environment: {
      cpuModel: 'Made-up CPU',
      cores: 2,
      memoryBytes: 8 * 1024 ** 3,
      kernel: '6.18.0',
      os: 'Debian GNU/Linux 12',
      node: '22.23.3',
      v8: '12.4',
      go: 'go1.26.8',
      nginx: '1.22.1',
      openssl: '3.0.17',
      descriptors: 20_000,
      pinning: 'server on CPU 0, generator on CPU 1',
      settings: {},
    },
    targets: [
      ...names.map((name) => target(name)),
      {
        ...target('coder'),
        available: false,
        reason: 'the Go baselines need a Go toolchain, and none is in the PATH',
      },
    ],
    cells: cells(),
    comparisons: [],
    proxyCosts: proxyCostsOf(cells()),
    curves: curves(),
    holdLines: names.map(holdLine),
    facts: [],
    needs: needs(),
    notes: ['Server, proxy and generator shared 2 cores: differences below 5 % are not to be trusted.'],
    rounds: 5,
    conformance: names.flatMap((name): ConformanceLine[] => [
      {
        type: 'conformance',
        target: name,
        name: 'utf-8: an invalid byte',
        rule: 'RFC 6455 8.1: text is UTF-8',
        expected: '1007',
        outcome: name === 'uws' ? '1006' : '1007',
        verdict: name === 'uws' ? ('non-strict' as const) : ('ok' as const),
      },
      {
        type: 'conformance',
        target: name,
        name: 'a frame without a mask',
        rule: 'RFC 6455 5.1: frames are masked',
        autobahn: '2.9',
        expected: '1002',
        outcome: '1002',
        verdict: 'ok' as const,
      },
    ]),
    problems: [],
    ...change,
  };
}

function target(name: string): Report['targets'][number] {
  const language = ['gorilla', 'coder', 'gobwas'].includes(name) ? 'Go' : 'TypeScript';
  return { name, library: name, version: '1.2.3', language, kind: 'reference', available: true, notes: [] };
}

function cell(
  scenario: Scenario,
  name: string,
  params: Params,
  metric: string,
  value: number,
  limiter: Limiter | null = null,
  route: Route = 'direct',
): Cell {
  const { unit, better } = metricNamed(metric)!;
  const samples = [0.98, 1.01, 1, 0.99, 1.03].map((factor) => value * factor);
  return {
    scenario,
    target: name,
    route,
    params,
    metric,
    unit,
    better,
    estimate: { center: value, lo: value * 0.98, hi: value * 1.03, n: 5 },
    limiter,
    warnings:
      name === 'gorilla' && scenario === 'broadcast'
        ? [{ kind: 'lost', detail: '3 of 120,000 deliveries were lost in round 1' }]
        : [],
    samples,
  };
}

const echo = { connections: 100, payloadBytes: 64, window: 16 };

function cells(): Cell[] {
  return names.flatMap((name) => {
    const [messageNs, tailNs, bytes, handshakeNs, wire] = costs[name]!;
    const one = { connections: 100, payloadBytes: 64, window: 1 };
    return [
      cell(
        'echo',
        name,
        one,
        'messagesPerSec',
        Math.min(104_000, 1e9 / messageNs),
        name === 'uws' ? 'generator' : 'server',
      ),
      cell('echo', name, echo, 'messagesPerSec', 1e9 / messageNs, 'server'),
      cell('echo', name, echo, 'messagesPerCoreSec', 1e9 / messageNs),
      cell('echo', name, echo, 'cpuPerMessageServer', messageNs),
      cell('echo', name, echo, 'cpuPerMessageGenerator', 1700),
      cell('echo', name, echo, 'messagesPerSec', 0.6e9 / (messageNs + 3000), 'proxy', 'nginx'),
      cell('echo', name, echo, 'cpuPerMessageServer', messageNs * 1.2, null, 'nginx'),
      cell('echo', name, echo, 'cpuPerMessageProxy', 5200, null, 'nginx'),
      cell('echo', name, echo, 'cpuPerMessageServing', messageNs * 1.2 + 5200, null, 'nginx'),
      cell('echo', name, echo, 'cpuPerMessageGenerator', 1800, null, 'nginx'),
      cell('latency', name, { connections: 100, payloadBytes: 64, ratePerSec: 40_000 }, 'p99', tailNs),
      cell(
        'broadcast',
        name,
        { members: 1000, payloadBytes: 64 },
        'deliveriesPerSec',
        2.2e9 / messageNs,
        'server',
      ),
      cell('connect', name, { concurrency: 64 }, 'handshakesPerSec', 1e9 / handshakeNs, 'server'),
      cell('hold', name, { connections: 5000 }, 'bytesPerConnection', bytes),
      ...[1, 2, 6, 9].flatMap((level) => [
        cell('deflate', name, { payloadBytes: 1024, deflate: level }, 'wireRatio', wire - level * 0.004),
        cell(
          'deflate',
          name,
          { payloadBytes: 1024, deflate: level },
          'cpuPerMessageServer',
          messageNs * (3 + level),
        ),
      ]),
    ];
  });
}

function curves(): Curve[] {
  const quantiles = [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1];
  return names.map((name) => ({
    scenario: 'latency',
    target: name,
    route: 'direct',
    params: { connections: 100, payloadBytes: 64, ratePerSec: 40_000 },
    of: 'message',
    count: 400_000,
    points: quantiles.map((quantile, index) => {
      const intendedNs = (costs[name]![1] * 1.9 ** index) / 30;
      return { quantile, intendedNs, actualNs: intendedNs * 0.8 };
    }),
  }));
}

function holdLine(name: string): HoldLine {
  const bytesPerConnection = costs[name]![2];
  const at = (connections: number) => 6e7 + bytesPerConnection * connections;
  return {
    target: name,
    route: 'direct',
    params: { connections: 5000 },
    process: 'server',
    bytesPerConnection,
    interceptBytes: 6e7,
    points: [1000, 2500, 5000].map((connections) => ({
      round: 0,
      connections,
      bytes: at(connections) * 1.01,
    })),
  };
}

function needs(): Need[] {
  return [
    need('throughput', 'echo', echo, 'messagesPerCoreSec', (cost) => 1e9 / cost[0]),
    need(
      'latency',
      'latency',
      { connections: 100, payloadBytes: 64, ratePerSec: 40_000 },
      'p99',
      (cost) => cost[1],
    ),
    need(
      'fanout',
      'broadcast',
      { members: 1000, payloadBytes: 64 },
      'deliveriesPerSec',
      (cost) => 2.2e9 / cost[0],
    ),
    need('memory', 'hold', { connections: 5000 }, 'bytesPerConnection', (cost) => cost[2]),
    need('handshakes', 'connect', { concurrency: 64 }, 'handshakesPerSec', (cost) => 1e9 / cost[3]),
    need('compression', 'deflate', { payloadBytes: 1024, deflate: 6 }, 'wireRatio', (cost) => cost[4]),
  ];
}

function need(
  id: NeedId,
  scenario: Scenario,
  params: Params,
  metric: string,
  value: (cost: (typeof costs)[string]) => number,
): Need {
  const { unit, better, title } = metricNamed(metric)!;
  const values = names.map((name) => value(costs[name]!));
  const ranked = values.filter((_, index) => !(id === 'handshakes' && names[index] === 'uws'));
  const best = better === 'higher' ? Math.max(...ranked) : Math.min(...ranked);
  const rows = names.map((name, index): NeedRow => {
    const center = values[index]!;
    const ratioToBest = better === 'higher' ? best / center : center / best;
    const estimate = { center, lo: center * 0.98, hi: center * 1.03, n: 5 };
    if (id === 'handshakes' && name === 'uws')
      return {
        target: name,
        estimate,
        ratioToBest: null,
        place: 'unranked',
        limiter: 'generator',
        reason: 'the generator was the limit',
      };
    if (id === 'compression' && name === 'gobwas')
      return {
        target: name,
        estimate: null,
        ratioToBest: null,
        place: 'missing',
        limiter: null,
        reason: 'this level is not offered',
      };
    const place = ratioToBest === 1 ? 'best' : ratioToBest < 1.05 ? 'tie' : 'behind';
    return { target: name, estimate, ratioToBest, place, limiter: null };
  });
  return { id, title, scenario, route: 'direct', params, metric, unit, better, rows };
}
