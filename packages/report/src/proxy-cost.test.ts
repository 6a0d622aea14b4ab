import type { Cell, Limiter, ProxyCost } from '@ws-arena/results/report-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { type MetricName, metrics } from './metrics.ts';
import { costTables, proxyCostsOf } from './proxy-cost.ts';
import { medianInterval } from './statistics/bootstrap.ts';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { costText, limitersText, sidesText } from './verdict-text.ts';

interface Given {
  readonly scenario?: Scenario;
  readonly target?: string;
  readonly params?: Params;
  readonly limiter?: Limiter;
  readonly rounds?: number;
}

/** A cell whose median is `value`, with rounds that are 2 % apart. */
function cell(route: Route, metric: MetricName, value: number, given: Given = {}): Cell {
  const samples = [1, 0.98, 1.02, 0.96, 1.04].slice(0, given.rounds ?? 5).map((factor) => value * factor);
  return {
    scenario: given.scenario ?? 'echo',
    target: given.target ?? 'ws',
    route,
    params: given.params ?? { connections: 100, window: 1 },
    metric,
    unit: metrics[metric].unit,
    better: metrics[metric].better,
    estimate: { ...medianInterval(samples), n: samples.length },
    limiter: given.limiter ?? null,
    warnings: [],
    samples,
  };
}

function costOf(direct: Cell, proxied: Cell): ProxyCost {
  const costs = proxyCostsOf([direct, proxied]);
  expect(costs).toHaveLength(1);
  return costs[0]!;
}

test('CPU of server and proxy together is held against that of the server alone', () => {
  const costs = proxyCostsOf([
    cell('direct', 'cpuPerMessageServer', 8000),
    cell('direct', 'cpuPerMessageGenerator', 1000),
    cell('nginx', 'cpuPerMessageServer', 9000),
    cell('nginx', 'cpuPerMessageProxy', 11_000),
    cell('nginx', 'cpuPerMessageServing', 20_000),
    cell('nginx', 'cpuPerMessageGenerator', 1000),
  ]);
  expect(costs).toHaveLength(1);
  expect(costs[0]).toMatchObject({
    route: 'nginx',
    metric: 'cpuPerMessageServing',
    direct: { center: 8000 },
    proxied: { center: 20_000 },
    ratio: { center: 2.5, lo: expect.closeTo((2.5 * 0.96) / 1.04), hi: expect.closeTo((2.5 * 1.04) / 0.96) },
    verdict: 'worse',
  });
  expect(sidesText(costs[0]!)).toBe('8 µs → 20 µs');
  expect(costText(costs[0]!)).toBe('2.5× (2.31 to 2.71)');
});

test('a rate has its limiter on both sides, and a ratio below 1', () => {
  const cost = costOf(
    cell('direct', 'messagesPerSec', 100_000, { limiter: 'server' }),
    cell('nginx', 'messagesPerSec', 40_000, { limiter: 'proxy' }),
  );
  expect(cost).toMatchObject({ ratio: { center: 0.4 }, verdict: 'worse' });
  expect(limitersText(cost)).toBe('server → proxy');
});

describe('what cannot be told is not told', () => {
  test.each([
    ['generator', 'proxy', 'the generator limited ws direct', '≥ 100k/s → 40k/s'],
    ['server', 'generator', 'the generator limited ws nginx', '100k/s → ≥ 40k/s'],
  ] as const)('direct limited by the %s, proxied by the %s', (direct, proxied, reason, sides) => {
    const cost = costOf(
      cell('direct', 'messagesPerSec', 100_000, { limiter: direct }),
      cell('nginx', 'messagesPerSec', 40_000, { limiter: proxied }),
    );
    expect(cost).toMatchObject({ verdict: '~', undecided: 'generator', reason });
    expect(sidesText(cost)).toBe(sides);
    expect(costText(cost)).toBe('~ generator');
  });

  test.each([
    [3, /^2\.5×\? \(2\.\d+ to 2\.\d+\)$/],
    [1, /^2\.5×\?$/],
  ])('%i rounds show a ratio with a question mark', (rounds, text) => {
    const cost = costOf(
      cell('direct', 'cpuPerMessageServer', 8000, { rounds }),
      cell('nginx', 'cpuPerMessageServing', 20_000, { rounds }),
    );
    expect(cost.undecided).toBe('few-rounds');
    expect(costText(cost)).toMatch(text);
  });

  test('the same figure on both sides is ~, with how large a difference might be', () => {
    const cost = costOf(
      cell('direct', 'p99Actual', 1e6, { scenario: 'latency' }),
      cell('nginx', 'p99Actual', 1e6, { scenario: 'latency' }),
    );
    expect(costText(cost)).toBe('~ (0.923 to 1.08)');
  });

  test('a slope that is not above 0 has no ratio', () => {
    const hold = { scenario: 'hold' } as const;
    const cells = [
      cell('direct', 'bytesPerConnection', -10, hold),
      cell('nginx', 'bytesPerConnectionServing', 900, hold),
    ];
    expect(proxyCostsOf(cells)).toEqual([]);
  });
});

test('each TLS version and each reuse of sessions is held against the same case direct', () => {
  const connect = (params: Params): Given => ({
    scenario: 'connect',
    params: { concurrency: 32, ...params },
  });
  const costs = proxyCostsOf([
    cell('direct', 'cpuPerHandshakeServer', 100_000, connect({})),
    cell('nginx-tls', 'cpuPerHandshakeServing', 300_000, connect({ tls: '1.2', tlsReuse: 'on' })),
    cell('nginx-tls', 'cpuPerHandshakeServing', 900_000, connect({ tls: '1.3', tlsReuse: 'off' })),
  ]);
  expect(costs.map(({ params, ratio }) => [params.tls, params.tlsReuse, ratio.center])).toEqual([
    ['1.2', 'on', expect.closeTo(3)],
    ['1.3', 'off', expect.closeTo(9)],
  ]);
});

test('cells pair only within one target and one set of parameters', () => {
  expect(
    proxyCostsOf([
      cell('direct', 'cpuPerMessageServer', 8000, { target: 'uws' }),
      cell('direct', 'cpuPerMessageServer', 8000, { params: { connections: 100, window: 16 } }),
      cell('nginx', 'cpuPerMessageServing', 20_000),
    ]),
  ).toEqual([]);
});

test('handshakes/s at an offered rate are no cost, their times are', () => {
  const given = { scenario: 'connect', params: { ratePerSec: 460 } } as const;
  const costs = proxyCostsOf(
    (['direct', 'nginx'] as const).flatMap((route) => [
      cell(route, 'handshakesPerSec', 460, given),
      cell(route, 'handshakeP99', route === 'direct' ? 1e6 : 2e6, given),
    ]),
  );
  expect(costs.map(({ metric, ratio }) => [metric, ratio.center])).toEqual([['handshakeP99', 2]]);
});

test('of a whole run: a table for each scenario, a group for each route and parameters, a row for each target', () => {
  const report = summarize(sampleRun());
  const tables = costTables(report);
  expect(tables.map(({ scenario, metrics: names }) => [scenario, ...names])).toEqual([
    ['echo', 'cpuPerMessageServing', 'messagesPerSec'],
    ['latency', 'cpuPerMessageServing', 'p50Actual', 'p99Actual'],
    ['connect', 'cpuPerHandshakeServing', 'handshakesPerSec'],
    ['hold', 'bytesPerConnectionServing'],
  ]);
  expect(tables[0]!.groups.map(({ route, params }) => [route, params.window])).toEqual([
    ['nginx', 1],
    ['nginx-tls', 1],
    ['nginx', 16],
    ['nginx-tls', 16],
  ]);
  for (const { rows } of tables.flatMap((table) => table.groups))
    expect(rows.map((row) => row.target)).toEqual(['ws', 'uws', 'socketio', 'gorilla']);
  // The made-up proxy costs 5.2 µs a message, and ws 8 µs.
  const ws = tables[0]!.groups[2]!.rows[0]!.costs.get('cpuPerMessageServing')!;
  expect(ws.ratio.center).toBeCloseTo((8 + 5.2) / 8, 1);
});

test('a run without a proxy has none', () => {
  expect(summarize(sampleRun({ scenarios: ['slo', 'http'] })).proxyCosts).toEqual([]);
});
