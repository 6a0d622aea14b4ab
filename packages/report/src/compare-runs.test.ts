import { describe, expect, test } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import { renderComparisonMarkdown, renderComparisonTerminal, summary } from './compare-runs-text.ts';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';

const base = summarize(sampleRun({ rounds: 10 }));
const slower = summarize(sampleRun({ rounds: 10, seed: 2, slowed: { uws: 1.1 } }));

test('a run against itself: all ~', () => {
  const { cells, differences, onlyInA, onlyInB } = compareRuns(base, base);
  expect(cells.length).toBeGreaterThan(400);
  expect(new Set(cells.map((cell) => cell.verdict))).toEqual(new Set(['~']));
  expect({ differences, onlyInA, onlyInB }).toEqual({ differences: [], onlyInA: [], onlyInB: [] });
});

test('a second run of the same: hardly a difference', () => {
  const again = compareRuns(base, summarize(sampleRun({ rounds: 10, seed: 3 })));
  expect(again.cells.filter((cell) => cell.verdict !== '~').length).toBeLessThan(again.cells.length * 0.01);
});

describe('one target slowed by 10 %', () => {
  const { cells } = compareRuns(base, slower);
  const changed = cells.filter((cell) => cell.verdict !== '~');

  test('it is found wherever the server was the limit', () => {
    const found = changed.filter((cell) => cell.target === 'uws');
    for (const metric of [
      'cpuPerMessageServer',
      'p99',
      'cpuPerHandshakeServer',
      'deliveriesPerSec',
      'sloRatePerSec',
    ]) {
      expect(found.map((cell) => cell.metric)).toContain(metric);
    }
    const direct = found.find(
      (cell) => cell.route === 'direct' && cell.params.window === 16 && cell.metric === 'messagesPerSec',
    )!;
    expect(direct.verdict).toBe('worse');
    expect(direct.ratio.lo).toBeLessThan(1 / 1.1);
    expect(direct.ratio.hi).toBeGreaterThan(1 / 1.1);
  });

  test('of what is called a change, at most a twentieth is on the others', () => {
    expect(changed.filter((cell) => cell.target !== 'uws').length).toBeLessThanOrEqual(changed.length / 20);
  });

  test('a change smaller than asked for is ~', () => {
    const some = compareRuns(base, slower, { minChange: 0.2 }).cells;
    expect(some.filter((cell) => cell.verdict !== '~')).toEqual([]);
  });
});

test('at 6 rounds a target that takes more CPU time in echo alone is found among all figures of all targets', () => {
  const run = sampleRun({ rounds: 6 });
  const trials = run.trials.map((trial) => {
    if (trial.case.target !== 'ws' || trial.case.scenario !== 'echo' || !trial.usage) return trial;
    const server = { ...trial.usage.server, cpuNs: trial.usage.server.cpuNs * 1.5 };
    return { ...trial, usage: { ...trial.usage, server } };
  });
  const { cells } = compareRuns(summarize(run), summarize({ ...run, trials }));
  const changed = cells.filter((cell) => cell.verdict !== '~');
  expect(new Set(changed.map(({ target, verdict }) => `${target} ${verdict}`))).toEqual(
    new Set(['ws worse']),
  );
  expect(changed.filter((cell) => cell.metric === 'cpuPerMessageServer').length).toBe(6);
});

test('cases at other calibrated rates are said in one sentence, and not as missing', () => {
  const run = sampleRun({ rounds: 5, scenarios: ['echo', 'latency'] });
  const faster = (one: (typeof run.trials)[number]['case']) =>
    one.params.load === '0.9' ? { ...one, params: { ...one.params, ratePerSec: 60_000 } } : one;
  const header = { ...run.header, cases: run.header.cases.map(faster) };
  const trials = run.trials.map((trial) => ({ ...trial, case: faster(trial.case) }));
  const compared = compareRuns(summarize(run), summarize({ ...run, header, trials }));
  expect(compared.otherRates).toEqual([
    { name: 'latency, direct, connections 100, payloadBytes 64, load 0.9', a: 54_000, b: 60_000 },
  ]);
  expect({ a: compared.onlyInA, b: compared.onlyInB }).toEqual({ a: [], b: [] });
  expect(renderComparisonMarkdown(compared)).toContain(
    'load 0.9: 54k/s in A, 60k/s in B. For latency, give both runs the same --rates.',
  );
});

test('environments and versions that differ are listed, cases of one run only too', () => {
  const other = summarize(sampleRun({ rounds: 10, scenarios: ['echo'] }));
  const targets = other.targets.map((target) =>
    target.name === 'ws' ? { ...target, version: '8.24.0' } : target,
  );
  const environment = { ...other.environment, kernel: 'Linux 6.19.0', settings: { deflateLevel: 1 } };
  const compared = compareRuns(base, { ...other, targets, environment });
  expect(compared.differences).toEqual([
    { name: 'kernel', a: 'Linux 6.18.0', b: 'Linux 6.19.0' },
    { name: 'ws', a: 'ws 8.23.0 on node 22.23.3', b: 'ws 8.24.0 on node 22.23.3' },
    { name: 'deflateLevel', a: undefined, b: '1' },
  ]);
  expect(compared.onlyInB).toEqual([]);
  expect(compared.onlyInA[0]).toBe(
    'latency of ws, direct, connections 100, payloadBytes 64, ratePerSec 30000, load 0.5',
  );
  const text = renderComparisonTerminal(compared, { columns: 80, color: false });
  expect(text).toContain('kernel Linux 6.18.0 →');
  expect(text.replaceAll(/\n\s*/g, ' ')).toContain('load 0.5; and 63 more.');
});

test('few rounds: nothing is decided, and the text says so', () => {
  const few = (seed: number) =>
    summarize(sampleRun({ rounds: 3, seed, scenarios: ['slo'], slowed: { uws: seed } }));
  const compared = compareRuns(few(1), few(2));
  expect(summary(compared)).toBe('0 better, 0 worse, 4 without a difference, of 4 figures compared');
  expect(renderComparisonMarkdown(compared)).toContain(
    '~ 3 rounds cannot show a difference at 95 %: use --rounds 5',
  );
  expect(renderComparisonTerminal(compared, { columns: 80, color: false })).toContain(
    '4 of the figures cannot be decided: 3 rounds cannot show a difference at 95 %:',
  );
});
