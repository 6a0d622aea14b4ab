import { emptyHistogram, encodeHistogram } from '@ws-arena/load/histogram';
import type { Cell, Report } from '@ws-arena/results/report-file';
import { formatLine, parseRun, type Run } from '@ws-arena/results/run-file';
import { scenarios, type Trial } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { renderCsv } from './csv.ts';
import { renderMarkdown } from './markdown.ts';
import { summarize } from './summarize.ts';
import { renderTerminal } from './terminal.ts';
import { sampleRun } from './testdata/sample-run.ts';

const report = summarize(sampleRun());

function cellOf(of: Report, want: Partial<Cell>, params: Record<string, unknown> = {}): Cell {
  const found = of.cells.filter(
    (cell) =>
      Object.entries(want).every(([name, value]) => cell[name as keyof Cell] === value) &&
      Object.entries(params).every(([name, value]) => cell.params[name] === value),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

test('every scenario has cells, and every throughput figure its limiter', () => {
  expect(new Set(report.cells.map((cell) => cell.scenario))).toEqual(new Set(scenarios));
  for (const cell of report.cells) {
    const isThroughput = /^(messages|deliveries|handshakes|requests)PerSec$/.test(cell.metric);
    if (isThroughput) expect(cell.limiter).not.toBeNull();
    expect(cell.estimate.lo).toBeLessThanOrEqual(cell.estimate.center);
    expect(cell.estimate.hi).toBeGreaterThanOrEqual(cell.estimate.center);
    expect(cell.estimate.n).toBe(cell.samples.length);
  }
});

test('the median of the rounds is the center, their range the interval of five', () => {
  const cell = cellOf(report, { scenario: 'slo', target: 'ws', metric: 'sloRatePerSec' });
  const sorted = [...cell.samples].sort((a, b) => a - b);
  expect(cell.estimate).toEqual({ center: sorted[2], lo: sorted[0], hi: sorted[4], n: 5 });
});

test('a report is plain JSON: nothing is lost by writing it', () => {
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('a failed trial is a problem, and its case says that a round is missing', () => {
  expect(report.problems).toContain(
    'connect of socketio (direct), round 2: socketio ended in the middle of the trial (SIGKILL)',
  );
  const cell = cellOf(report, {
    scenario: 'connect',
    target: 'socketio',
    route: 'direct',
    metric: 'handshakesPerSec',
  });
  expect(cell.estimate.n).toBe(4);
  expect(cell.warnings).toContainEqual({
    kind: 'few-samples',
    detail: '4 of 5 rounds were measured: socketio ended in the middle of the trial (SIGKILL)',
  });
});

test('lost messages are told of once, with how many rounds lost any', () => {
  const cell = cellOf(report, {
    scenario: 'broadcast',
    target: 'gorilla',
    route: 'direct',
    metric: 'deliveriesPerSec',
  });
  expect(cell.warnings).toEqual([
    { kind: 'lost', detail: expect.stringMatching(/^in 1 of 5 rounds: 3 of \d+ messages lost$/), share: 0.2 },
  ]);
});

test('a target that could not run is a note, not a silent absence', () => {
  expect(report.notes[0]).toMatch(/^coder is missing: the Go baselines need a Go toolchain/);
});

test('a percentile with enough values in each round is the median of the rounds, as its interval and test are', () => {
  const run = sampleRun({ rounds: 3, scenarios: ['latency'] });
  const slowest = sampleRun({ rounds: 1, scenarios: ['latency'], slowed: { ws: 3 } });
  // One of three rounds is three times slower: it would set the p90 of all values, and is one stall of the machine.
  const trials = run.trials.map((trial) =>
    trial.round === 2 ? { ...slowest.trials.find((one) => same(one, trial))!, round: 2 } : trial,
  );
  const merged = summarize({ ...run, trials });
  const cell = cellOf(merged, { target: 'ws', route: 'direct', metric: 'p90' }, { load: '0.5' });
  const [, middle, high] = [...cell.samples].sort((a, b) => a - b);
  expect(cell.estimate.center).toBe(middle);
  expect(cell.estimate.hi).toBe(high);
});

function same(a: Trial, b: Trial): boolean {
  return JSON.stringify(a.case) === JSON.stringify(b.case);
}

describe('curves', () => {
  test('rise, and end at the maximum', () => {
    const curve = report.curves.find((one) => one.scenario === 'latency' && one.target === 'ws')!;
    expect(curve.count).toBe(60_000);
    for (const [i, point] of curve.points.entries()) {
      if (i === 0) continue;
      expect(point.quantile).toBeGreaterThan(curve.points[i - 1]!.quantile);
      expect(point.intendedNs).toBeGreaterThanOrEqual(curve.points[i - 1]!.intendedNs!);
    }
    expect(curve.points.at(-1)).toMatchObject({ quantile: 1 });
    const max = cellOf(report, { target: 'ws', route: 'direct', metric: 'max' }, { load: '0.5' });
    expect(curve.points.at(-1)!.intendedNs).toBe(max.estimate.center);
  });

  test('closed loops have none', () => {
    expect(new Set(report.curves.map((curve) => curve.scenario))).toEqual(new Set(['latency', 'broadcast']));
  });
});

test('memory has a line for server and proxy', () => {
  const lines = report.holdLines.filter((line) => line.target === 'uws');
  expect(lines.map((line) => [line.route, line.process])).toEqual([
    ['direct', 'server'],
    ['nginx', 'server'],
    ['nginx', 'proxy'],
  ]);
  expect(lines[0]!.points).toHaveLength(15);
  expect(lines[0]!.bytesPerConnection).toBeGreaterThan(900);
  expect(lines[0]!.bytesPerConnection).toBeLessThan(1400);
});

test('a percentile that rests on too few values says so', () => {
  const run = sampleRun({ rounds: 1, scenarios: ['latency'] });
  const p999 = { target: 'ws', route: 'nginx', metric: 'p999' } as const;
  expect(cellOf(summarize(run), p999).warnings).toEqual([]);
  const histogram = emptyHistogram();
  for (let i = 1; i <= 3000; i += 1) histogram.recordValue(i);
  const latencyIntended = encodeHistogram(histogram);
  const trials = run.trials.map((trial) => ({ ...trial, load: { ...trial.load!, latencyIntended } }));
  expect(cellOf(summarize({ ...run, trials }), p999).warnings).toEqual([
    { kind: 'few-samples', detail: 'p99.9 of 3000 values rests on 3 beyond it' },
  ]);
});

describe('runs that are not whole', () => {
  const whole = sampleRun({ rounds: 2, scenarios: ['echo', 'slo'] });

  function renderAll(run: Run): Report {
    const made = summarize(run);
    for (const text of [
      renderMarkdown(made),
      renderCsv(made),
      renderTerminal(made, { columns: 80, color: false }),
    ]) {
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
    return made;
  }

  test('nothing measured', () => {
    const { end: _, ...started } = { ...whole, trials: [] };
    const made = renderAll(started);
    expect(made.cells).toEqual([]);
    expect(made.notes[0]).toBe('The run did not come to its end: this is what its first 0 trials say.');
    expect(made.problems[0]).toMatch(/^28 cases were never measured: echo of ws, echo of uws/);
  });

  test('interrupted: what was measured is there', () => {
    const { end: _, ...interrupted } = { ...whole, trials: whole.trials.slice(0, 30) };
    const made = renderAll(interrupted);
    expect(made.notes[0]).toContain('its first 30 trials');
    expect(made.cells.length).toBeGreaterThan(50);
  });

  test('a broken histogram leaves its case out with a sentence', () => {
    const run = sampleRun({ rounds: 1, scenarios: ['latency'] });
    const trials = run.trials.map((trial, i) =>
      i === 0 ? { ...trial, load: { ...trial.load!, latencyIntended: 'broken' } } : trial,
    );
    const made = renderAll({ ...run, trials });
    expect(made.problems).toEqual([
      'latency of ws (direct) was left out, a histogram could not be read: not a compressed V2 HdrHistogram',
    ]);
    expect(made.cells.some((cell) => cell.target === 'uws')).toBe(true);
  });

  test('cut short in the middle of a line, as a killed process leaves it', () => {
    const lines = [formatLine(whole.header), ...whole.trials.map((trial) => formatLine(trial))].join('');
    const made = renderAll(parseRun(lines.slice(0, -20)));
    expect(made.problems).toContain('line 57 of the run file is cut short and was left out');
  });

  test('a round that was measured again after a failure counts as good', () => {
    const [first, ...rest] = whole.trials;
    const { load: _load, usage: _usage, ...bare } = first!;
    const again = { ...whole, trials: [{ ...bare, error: 'it died' }, first!, ...rest] };
    expect(summarize(again)).toEqual(summarize(whole));
  });
});

describe('a figure for a core-second', () => {
  /** The run with the server of ws asleep half of the time in the first `rounds` rounds of its echo at window 1. */
  const asleepIn = (rounds: number) => {
    const run = sampleRun({ rounds: 5, scenarios: ['echo'] });
    const trials = run.trials.map((trial): Trial => {
      const { target, params, route } = trial.case;
      if (target !== 'ws' || params.window !== 1 || route !== 'direct' || trial.round >= rounds) return trial;
      const cpuNs = trial.load!.measuredNs / 2;
      return {
        ...trial,
        usage: { ...trial.usage!, server: { ...trial.usage!.server, cpuNs, saturation: 0.5 } },
      };
    });
    const { cells } = summarize({ ...run, trials });
    return cells.find(
      (cell) =>
        cell.target === 'ws' &&
        cell.route === 'direct' &&
        cell.params.window === 1 &&
        cell.metric === 'messagesPerCoreSec',
    )!;
  };

  test('leaves out the rounds in which the core was not full, and says so', () => {
    const cell = asleepIn(2);
    expect(cell.samples).toHaveLength(3);
    expect(cell.warnings).toContainEqual({
      kind: 'not-saturated',
      detail: '2 rounds are left out, in which the server was not driven to its limit',
    });
    expect(asleepIn(0).samples).toHaveLength(5);
  });

  test('keeps them where they are the most', () => {
    expect(asleepIn(3).samples).toHaveLength(5);
  });
});
