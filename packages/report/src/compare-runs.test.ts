import { describe, expect, test } from 'vitest';
import { compareRuns } from './compare-runs.ts';
import { summarize } from './summarize.ts';
import { printTerminal } from './terminal.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { comparisonView } from './view/comparison-view.ts';

const base = summarize(sampleRun());
const plain = { columns: 80, color: false };

test('a run against itself: nothing is better, worse or missing', () => {
  const { counts, cells, differences, onlyInA, onlyInB } = compareRuns(base, base);
  expect(cells.length).toBeGreaterThan(100);
  expect(counts).toMatchObject({ better: 0, worse: 0, missing: 0 });
  expect({ differences, onlyInA, onlyInB }).toEqual({ differences: [], onlyInA: [], onlyInB: [] });
});

test('a second run of the same: hardly a difference', () => {
  const { counts, cells } = compareRuns(base, summarize(sampleRun({ seed: 3 })));
  expect((counts.better + counts.worse) / cells.length).toBeLessThan(0.02);
});

test('a machine that is 30 % slower in B, for all alike: the ratios to the baseline hold', () => {
  const slowed = Object.fromEntries(['ws', 'uws', 'socketio', 'gorilla'].map((name) => [name, 1.3]));
  const compared = compareRuns(base, summarize(sampleRun({ seed: 4, slowed })));
  const costs = compared.cells.filter(
    ({ metric, scenario, route }) => metric === 'cpuServer' && scenario === 'connect' && route === 'direct',
  );
  const of = (target: string) => costs.find((cell) => cell.target === target)!;
  expect(of('uws').against).toMatchObject({ baseline: 'ws' });
  expect(of('uws').verdict).not.toBe('worse');
  // The baseline has nothing to be held against, and says so.
  expect(of('ws')).toMatchObject({ verdict: 'worse' });
  expect(of('ws').against).toBeUndefined();
});

describe('one target slowed by 15 %', () => {
  const slower = summarize(sampleRun({ seed: 2, slowed: { uws: 1.15 } }));
  const compared = compareRuns(base, slower);
  const changed = compared.cells.filter(({ verdict }) => verdict === 'better' || verdict === 'worse');

  test('it is found in its costs', () => {
    const costs = compared.cells.filter(
      ({ target, metric, scenario, route }) =>
        target === 'uws' &&
        metric === 'cpuServer' &&
        route === 'direct' &&
        scenario !== 'hold' &&
        scenario !== 'echo',
    );
    const found = costs.filter(({ verdict }) => verdict === 'worse');
    expect(found.length / costs.length).toBeGreaterThan(0.8);
    for (const { ratio } of found) expect(ratio.lo).toBeLessThan(1.15);
  });

  test('of what is called a change, at most a twentieth is on the others', () => {
    expect(changed.filter(({ target }) => target !== 'uws').length).toBeLessThanOrEqual(changed.length / 20);
    expect(compared.counts.worse).toBeGreaterThan(5);
  });

  test('a change smaller than asked for is never called', () => {
    const { counts, cells } = compareRuns(base, slower, { minChange: 0.5 });
    expect(cells.filter(({ verdict }) => verdict === 'worse' || verdict === 'better')).toEqual([]);
    expect(counts.worse).toBe(0);
    expect(counts.equal).toBeGreaterThan(20);
  });
});

test('a rate that A kept and B does not is worse, and its steps are not missing', () => {
  const broken = summarize(sampleRun({ seed: 2, slowed: { ws: 2 } }));
  const { cells, onlyInA } = compareRuns(base, broken);
  const capacity = cells.find(
    ({ metric, target, params, route }) =>
      metric === 'capacity' && target === 'ws' && params.burst === 1 && route === 'direct',
  )!;
  expect(capacity).toMatchObject({ verdict: 'worse', a: { center: 40_000 }, b: { center: 20_000 } });
  expect(onlyInA).toEqual([]);
});

test('environments and versions that differ are listed, and so are the cases and targets that are gone', () => {
  const other = summarize(sampleRun({ scenarios: ['echo'], targets: ['ws', 'uws'] }));
  const targets = other.targets.map((target) =>
    target.name === 'ws' ? { ...target, version: '8.24.0' } : target,
  );
  const environment = { ...other.environment, kernel: 'Linux 6.19.0', settings: { deflateLevel: 1 } };
  const compared = compareRuns(base, { ...other, targets, environment });
  expect(compared.differences).toEqual([
    { name: 'kernel', a: 'Linux 6.18.0', b: 'Linux 6.19.0' },
    { name: 'ws', a: 'ws 8.23.0 on node 22.23.3', b: 'ws 8.24.0 on node 22.23.3' },
    { name: 'socketio', a: 'socket.io 4.8.4 on node 22.23.3', b: undefined },
    { name: 'gorilla', a: 'gorilla/websocket 1.5.3 on go1.26.8', b: undefined },
    { name: 'deflateLevel', a: undefined, b: '1' },
  ]);
  expect(compared.onlyInB).toEqual([]);
  expect(compared.onlyInA).toContain(
    'gorilla: Echo, closed loop, direct, 100 connections, payload 64 B, window 16',
  );
  expect(compared.counts.missing).toBe(compared.onlyInA.length);
  const text = printTerminal(comparisonView(compared), plain).replaceAll(/\n\s*/g, ' ');
  expect(text).toContain('! The environments differ, so each verdict includes their differences.');
  expect(text).toMatch(/Only in A: .*; and \d+ more\./);
});

test('a busy machine in either run is a banner', () => {
  const busy = summarize(sampleRun({ seed: 5, others: 0.4 }));
  const text = printTerminal(comparisonView(compareRuns(base, busy)), plain).replaceAll(/\n\s*/g, ' ');
  expect(text).toContain('! Run B: Other processes used 40 % of this machine');
  expect(text).not.toContain('Run A:');
});

test('few blocks: nothing is decided, and the counts say so', () => {
  const few = (seed: number) => summarize(sampleRun({ blocks: 4, seed, scenarios: ['connect'] }));
  const { counts, cells } = compareRuns(few(1), few(2));
  expect(counts).toEqual({ better: 0, worse: 0, equal: 0, undecided: cells.length, missing: 0 });
});
