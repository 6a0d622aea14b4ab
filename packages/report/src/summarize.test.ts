import type { Cell, Comparison, Report } from '@ws-arena/results/report-file';
import { formatLine, parseRun, type Run } from '@ws-arena/results/run-file';
import { replacingScenarios, type Scenario, scenarios } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { renderCsv } from './csv.ts';
import { renderMarkdown } from './markdown.ts';
import { summarize } from './summarize.ts';
import { renderTerminal } from './terminal.ts';
import { characters, PROXY_NS } from './testdata/characters.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { trueCostNs } from './testdata/sample-slice.ts';

const whole = sampleRun();
const report = summarize(whole);

function cellOf(of: Report, want: Partial<Cell>, params: Record<string, unknown> = {}): Cell {
  const found = of.cells.filter(
    (cell) =>
      Object.entries(want).every(([name, value]) => cell[name as keyof Cell] === value) &&
      Object.entries(params).every(([name, value]) => cell.params[name] === value),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

test('every scenario has cells, each with the index of its case', () => {
  // Those of tokens are in variants.test.ts, those of rooms in rooms.test.ts, those of deploys in replacing.test.ts, those
  // of slow readers in slow.test.ts, those of neighbours in neighbour-cost.test.ts.
  const apart: readonly Scenario[] = ['tokens', 'rooms', 'slow', 'mixed', ...replacingScenarios];
  const made = scenarios.filter((scenario) => !apart.includes(scenario));
  expect(new Set(report.cells.map((cell) => cell.scenario))).toEqual(new Set(made));
  for (const { case: index, scenario, target, route, params, estimate } of report.cells) {
    expect(whole.header.cases[index]).toEqual({ scenario, target, route, params });
    expect(estimate.lo).toBeLessThanOrEqual(estimate.center);
    expect(estimate.hi).toBeGreaterThanOrEqual(estimate.center);
  }
});

test('a report is plain JSON: nothing is lost by writing it', () => {
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

/** Where no generator was the limit; idle connections cost the same on all in the made-up run. */
function isCostOfLoad({ metric, scenario, undecided }: Comparison): boolean {
  return metric === 'cpuServer' && scenario !== 'hold' && undecided === undefined;
}

describe('what is known to be true is found', () => {
  test('the ratio of two costs is in its interval, in 9 of 10 at least, and never called the wrong way', () => {
    const costs = report.comparisons.filter(isCostOfLoad);
    expect(costs.length).toBeGreaterThan(50);
    const truths = costs.map((one) => {
      const costNs = (target: string) => trueCostNs({ ...one, target }, characters[target]!);
      return { ...one, truth: costNs(one.target) / costNs(one.baseline) };
    });
    const held = truths.filter(({ ratio, truth }) => ratio.lo! <= truth && truth <= ratio.hi!);
    expect(held.length / truths.length).toBeGreaterThan(0.9);
    for (const { truth, verdict } of truths) expect(verdict).toBe(truth < 1 ? 'better' : 'worse');
  });

  test('behind a proxy the cost is that of both', () => {
    const { estimate } = cellOf(
      report,
      { scenario: 'load', target: 'ws', route: 'nginx', metric: 'cpuServing' },
      { ratePerSec: 20_000, burst: 1 },
    );
    const truth = characters.ws!.messageNs + PROXY_NS;
    expect(Math.abs(estimate.center / truth - 1)).toBeLessThan(0.05);
  });

  test('A/A: of two names for one server hardly a figure is called different, and most are equal', () => {
    const twins = summarize(sampleRun({ slowed: { gorilla: 1 }, targets: ['ws', 'gorilla'], twins: true }));
    const verdicts = twins.comparisons
      .filter(({ metric }) => metric.startsWith('cpu'))
      .map(({ verdict }) => verdict);
    const share = (verdict: string) => verdicts.filter((one) => one === verdict).length / verdicts.length;
    expect(share('better') + share('worse')).toBeLessThanOrEqual(0.05);
    expect(share('equal')).toBeGreaterThan(0.8);
  });

  test('a handicap of 10 % is found in nearly every cost', () => {
    const handicap = summarize(
      sampleRun({ slowed: { gorilla: 1.1 }, targets: ['ws', 'gorilla'], twins: true }),
    );
    const costs = handicap.comparisons.filter(isCostOfLoad);
    expect(costs.length).toBeGreaterThan(20);
    const found = costs.filter(({ verdict }) => verdict === 'worse');
    expect(found.length / costs.length).toBeGreaterThan(0.95);
    expect(costs.filter(({ verdict }) => verdict === 'better')).toEqual([]);
  });

  test('a neighbour that takes 40 % of the machine changes no verdict, and is a banner', () => {
    const busy = summarize(sampleRun({ others: 0.4 }));
    const verdicts = ({ comparisons }: Report) => comparisons.map(({ verdict }) => verdict);
    expect(verdicts(busy)).toEqual(verdicts(report));
    expect(busy.cells.map(({ limiter }) => limiter)).toEqual(report.cells.map(({ limiter }) => limiter));
    expect(busy.banner).toMatch(/^Other processes used 40 % of this machine/);
    expect(report.banner).toBeNull();
    expect(report.noise!.others).toBeCloseTo(0.01, 3);
  });
});

test('what the run could resolve is that of the widest ratio of a cost, over all needs', () => {
  const widths = report.needs.flatMap(({ id, resolution }) =>
    ['message', 'burst', 'fanout', 'handshakes', 'nginx', 'compression'].includes(id) ? resolution! : [],
  );
  expect(widths).toHaveLength(6);
  expect(report.resolution).toBe(Math.max(...widths));
  const message = report.needs.find(({ id }) => id === 'message')!;
  const ratios = message.rows.flatMap(({ ratioInterval }) => ratioInterval ?? []);
  expect(message.resolution).toBeCloseTo(Math.max(...ratios.map(({ lo, hi }) => Math.sqrt(hi / lo) - 1)), 12);
});

test.each([
  [0.03, 0.06],
  [0.05, 0.1],
  [0.2, 0.1],
])('asked for ± %f, equal is within %f', (halfWidth, equalWithin) => {
  const run = sampleRun({ scenarios: ['connect'], blocks: 6 });
  const header = { ...run.header, precision: { ...run.header.precision, halfWidth } };
  expect(summarize({ ...run, header }).equalWithin).toBe(equalWithin);
});

describe('warnings', () => {
  const warningsOf = (run: Run, want: Partial<Cell>) =>
    summarize(run).cells.find((cell) =>
      Object.entries(want).every(([name, value]) => cell[name as keyof Cell] === value),
    )!.warnings;

  test('a failed slice is a problem, and its case says that a block is missing', () => {
    expect(report.problems).toContain(
      'connect of socketio, direct: socketio ended in the middle of the slice (SIGKILL)',
    );
    const cell = cellOf(report, {
      scenario: 'connect',
      target: 'socketio',
      route: 'direct',
      metric: 'cpuServer',
    });
    expect(cell.estimate.n).toBe(19);
    expect(cell.warnings).toContainEqual({
      kind: 'few-samples',
      detail: 'measured in 19 of 20 blocks: socketio ended in the middle of the slice (SIGKILL)',
    });
  });

  test('lost messages are told of with all counts', () => {
    const { warnings } = cellOf(report, { scenario: 'broadcast', target: 'gorilla', metric: 'cpuServer' });
    expect(warnings).toEqual([
      { kind: 'lost', detail: '3 deliveries lost (offered 200, sent 200, delivered 99,997)' },
    ]);
  });

  test('a closed loop that saturates nobody says so, and has the limiter none', () => {
    const run = sampleRun({ scenarios: ['echo'], blocks: 6 });
    const slices = run.slices.map((slice) => {
      const idle = { ...slice.usage!.server, saturation: 0.5 };
      return { ...slice, usage: { ...slice.usage!, server: idle, generator: idle } };
    });
    const cell = summarize({ ...run, slices }).cells.find(
      ({ metric, route }) => metric === 'deliveredPerSec' && route === 'direct',
    )!;
    expect(cell.limiter).toBe('none');
    expect(cell.warnings.map(({ kind }) => kind)).toEqual(['not-saturated']);
  });

  test('a machine whose time is taken by others is said of each case', () => {
    const run = sampleRun({ scenarios: ['connect'], blocks: 6, others: 0.2, steal: 0.04 });
    expect(warningsOf(run, { target: 'ws', metric: 'cpuServer' })).toEqual([
      { kind: 'busy-machine', detail: 'other processes used 20 % of this machine' },
      { kind: 'steal', detail: 'other virtual machines took 4 % of its time' },
    ]);
  });

  test('a percentile with few values beyond it says so, and one that is partly the generator’s', () => {
    const run = sampleRun({ scenarios: ['connect'], blocks: 6, targets: ['ws'] });
    expect(warningsOf(run, { metric: 'p999' })).toEqual([
      { kind: 'few-samples', detail: 'p99.9 rests on the 7 slowest of 7,200 values' },
    ]);
    const slices = run.slices.map(({ load, ...slice }) => ({
      ...slice,
      load: { ...load!, actual: [100, 1200] },
    }));
    expect(warningsOf({ ...run, slices }, { metric: 'p99' })).toEqual([
      { kind: 'generator-lag', detail: expect.stringMatching(/ms of p99 is the generator’s own delay$/) },
    ]);
  });

  test('a cost whose mean is far above the typical slice says so', () => {
    const run = sampleRun({ scenarios: ['connect'], blocks: 6, targets: ['ws'] });
    const slices = run.slices.map((slice) => {
      const { server, ...others } = slice.usage!;
      const cpuNs = slice.block === 3 ? server.cpuNs * 10 : server.cpuNs;
      return { ...slice, usage: { ...others, server: { ...server, cpuNs } } };
    });
    expect(warningsOf(run, { metric: 'cpuServer' })).toEqual([]);
    expect(warningsOf({ ...run, slices }, { metric: 'cpuServer' })).toEqual([
      { kind: 'uneven-cost', detail: expect.stringMatching(/the mean of server CPU is \d+ µs$/) },
    ]);
    const swapped = slices.map((slice) => {
      const { server, generator } = slice.usage!;
      return { ...slice, usage: { ...slice.usage!, server: generator, generator: server } };
    });
    expect(warningsOf({ ...run, slices: swapped }, { metric: 'cpuGenerator' })).toEqual([]);
  });

  test('what the slices themselves warn of is said once, with how many did', () => {
    const run = sampleRun({ scenarios: ['connect'], blocks: 6, targets: ['ws'] });
    const warnings = [{ kind: 'proxy-reloaded' as const, detail: 'Nginx was reloaded' }];
    const slices = run.slices.map((slice) => (slice.block === 3 ? { ...slice, warnings } : slice));
    expect(warningsOf({ ...run, slices }, { metric: 'cpuServer' })).toEqual([
      { kind: 'proxy-reloaded', detail: 'in 1 of 6 slices: Nginx was reloaded' },
    ]);
  });
});

describe('a limit', () => {
  const run = sampleRun({ scenarios: ['limit'], targets: ['ws'] });
  const found = () => {
    const trials = run.trials.map((trial) => {
      const connections = { ...trial.load!.connections, closed: { '1009': 18 } };
      const load = { ...trial.load!, connections, limit: { largestBytes: 65_536, past: '1009' } };
      return { ...trial, load, metrics: [{ connections: 0, held: 1 }] };
    });
    return summarize({ ...run, trials });
  };

  test('is found by closes, which are no warning, and neither is a count of a connection that ends', () => {
    expect(found().cells.map(({ warnings }) => warnings)).toEqual([[], []]);
  });
});

test('a slice without a reply, or before the kernel counted its CPU, has no cost, and leaves the others theirs', () => {
  const run = sampleRun({ scenarios: ['connect'], blocks: 8, targets: ['ws'] });
  const slices = run.slices.map((slice) => {
    if (slice.block === 0) return { ...slice, load: { ...slice.load!, delivered: 0 } };
    const server = { ...slice.usage!.server, cpuNs: 0 };
    return slice.block === 1 ? { ...slice, usage: { ...slice.usage!, server } } : slice;
  });
  expect(cellOf(summarize({ ...run, slices }), { route: 'direct', metric: 'cpuServer' }).estimate.n).toBe(6);
});

test('few slices have a figure and no interval', () => {
  const { estimate } = cellOf(summarize(sampleRun({ scenarios: ['connect'], blocks: 5, targets: ['ws'] })), {
    ...{ route: 'direct', metric: 'cpuServer' },
  });
  expect(estimate).toMatchObject({ lo: null, hi: null, n: 5 });
});

test('a target that could not run is a note, not a silent absence', () => {
  expect(report.notes[0]).toMatch(/^coder is missing: the Go baselines need a Go toolchain/);
});

test('curves rise, and end at the maximum; of a ladder there is that of the rate compared at', () => {
  const curves = report.curves.filter(({ target, scenario }) => target === 'ws' && scenario === 'load');
  expect(curves.map(({ route, params: { ratePerSec, burst } }) => [route, ratePerSec, burst])).toEqual([
    ['direct', 20_000, 1],
    ['nginx', 20_000, 1],
    ['nginx', 20_000, 16],
    ['direct', 40_000, 16],
  ]);
  const { points, count } = curves[0]!;
  expect(count).toBe(24_000);
  expect(points.map(({ ns }) => ns)).toEqual(points.map(({ ns }) => ns).sort((a, b) => a - b));
  expect(points.at(-1)!.quantile).toBe(1);
});

test('memory has a line for server and proxy', () => {
  const lines = report.holdLines.filter((line) => line.target === 'uws');
  expect(lines.map((line) => [line.route, line.process])).toEqual([
    ['direct', 'server'],
    ['nginx', 'server'],
    ['nginx', 'proxy'],
  ]);
  expect(lines[0]!.points).toHaveLength(18);
  expect(Math.abs(lines[0]!.bytesPerConnection / 1150 - 1)).toBeLessThan(0.1);
});

describe('runs that are not whole', () => {
  const short = sampleRun({ blocks: 8, scenarios: ['echo', 'connect', 'hold'] });

  function renderAll(run: Run): Report {
    const made = summarize(run);
    for (const text of [
      renderMarkdown(made),
      renderCsv(made),
      renderTerminal(made, { columns: 80, color: false }),
    ]) {
      expect(text).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
    }
    return made;
  }

  test('nothing measured', () => {
    const { end: _, ...started } = { ...short, slices: [], trials: [] };
    const made = renderAll(started);
    expect(made.cells).toEqual([]);
    expect(made.notes[0]).toBe(
      'The run did not come to its end: this is what its first 0 slices and 0 trials say.',
    );
    expect(made.problems[0]).toMatch(/^24 cases never measured: echo of ws, echo of uws/);
  });

  test('interrupted: what was measured is there', () => {
    const { end: _, ...interrupted } = { ...short, slices: short.slices.slice(0, 40) };
    const made = renderAll(interrupted);
    expect(made.notes[0]).toContain('its first 40 slices');
    expect(made.cells.length).toBeGreaterThan(50);
  });

  test('cut short in the middle of a line, as a killed process leaves it', () => {
    const lines = [formatLine(short.header), ...short.slices.map((slice) => formatLine(slice))].join('');
    const made = renderAll(parseRun(lines.slice(0, -20)));
    expect(made.problems).toContain(
      `line ${short.slices.length + 1} of the run file is cut short and was left out`,
    );
  });

  test('one target', () => {
    expect(renderAll(sampleRun({ blocks: 8, targets: ['uws'] })).comparisons).toEqual([]);
  });

  test('one block', () => {
    const made = renderAll(sampleRun({ blocks: 1, rounds: 1 }));
    expect(new Set(made.comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
    expect(made.resolution).toBeNull();
  });
});
