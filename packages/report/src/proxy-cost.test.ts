import type { Report } from '@ws-arena/results/report-file';
import { describe, expect, test } from 'vitest';
import { summarize } from './summarize.ts';
import { characters, PROXY_NS } from './testdata/characters.ts';
import { sampleRun } from './testdata/sample-run.ts';

const report = summarize(sampleRun());

function costOf({ proxyCosts }: Report, scenario: string, target: string, metric: string) {
  const found = proxyCosts.filter(
    (cost) =>
      cost.scenario === scenario &&
      cost.target === target &&
      cost.metric === metric &&
      cost.params.burst !== 16,
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

test('CPU of server and proxy is held against that of the server alone, at the rate that all keep behind the proxy', () => {
  const cost = costOf(report, 'load', 'ws', 'cpuServing');
  expect(cost).toMatchObject({ route: 'nginx', params: { ratePerSec: 20_000 }, verdict: 'worse' });
  const truth = (characters.ws!.messageNs + PROXY_NS) / characters.ws!.messageNs;
  expect(cost.ratio.lo).toBeLessThan(truth);
  expect(cost.ratio.hi).toBeGreaterThan(truth);
  expect(cost.direct.center).toBeLessThan(cost.proxied.center);
});

test('latency, throughput and memory have their like', () => {
  expect(costOf(report, 'load', 'ws', 'p99').verdict).toBe('worse');
  expect(costOf(report, 'hold', 'ws', 'bytesPerConnectionServing').ratio.center).toBeGreaterThan(2);
  expect(costOf(report, 'echo', 'ws', 'deliveredPerSec')).toMatchObject({
    ...{ directLimiter: 'server', limiter: 'server+proxy', verdict: 'worse' },
  });
});

test('a side that the generator limited has no verdict, and the reason names it', () => {
  expect(costOf(report, 'echo', 'uws', 'deliveredPerSec')).toMatchObject({
    ...{ verdict: 'undecided', reason: 'the generator limited uws direct' },
  });
});

test('only what was measured both ways is there', () => {
  expect(report.proxyCosts.map(({ scenario }) => scenario)).not.toContain('broadcast');
  expect(summarize(sampleRun({ scenarios: ['broadcast'] })).proxyCosts).toEqual([]);
});

describe('TLS', () => {
  test('a case through TLS is held against the one direct, which has none', () => {
    const run = sampleRun({ scenarios: ['connect'] });
    const tls = (one: (typeof run.header.cases)[number]) =>
      one.route === 'nginx'
        ? ({ ...one, route: 'nginx-tls', params: { ...one.params, tls: '1.3', tlsReuse: 'no' } } as const)
        : one;
    const header = { ...run.header, cases: run.header.cases.map(tls) };
    const costs = summarize({ ...run, header }).proxyCosts;
    expect(new Set(costs.map(({ route }) => route))).toEqual(new Set(['nginx-tls']));
    expect(costs.filter(({ metric }) => metric === 'cpuServing')).toHaveLength(4);
  });
});
