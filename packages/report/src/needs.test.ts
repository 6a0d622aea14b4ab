import type { Verdict } from '@ws-arena/results/conformance';
import { type NeedRow, needIds, type Report } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import { describe, expect, test } from 'vitest';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';

function places(report: Report, id: string): Record<string, NeedRow['place']> {
  const need = report.needs.find((one) => one.id === id)!;
  return Object.fromEntries(need.rows.map((row) => [row.target, row.place]));
}

const whole = sampleRun();
const report = summarize(whole);

test('every need has a column, in their order, and every target a place in it', () => {
  expect(report.needs.map((need) => need.id)).toEqual(needIds);
  for (const need of report.needs)
    expect(need.rows.map((row) => row.target)).toEqual(report.targets.map((t) => t.name));
});

test('the figure of a need is that of its case', () => {
  const throughput = report.needs.find((need) => need.id === 'throughput')!;
  expect(throughput).toMatchObject({
    scenario: 'echo',
    route: 'direct',
    params: { window: 1 },
    metric: 'messagesPerCoreSec',
  });
  expect(places(report, 'throughput')).toEqual({
    ws: 'behind',
    uws: 'best',
    socketio: 'behind',
    gorilla: 'behind',
    coder: 'missing',
  });
  for (const row of throughput.rows)
    if (row.ratioToBest !== null) expect(row.ratioToBest).toBeGreaterThanOrEqual(1);
});

test('compression is measured where there is some', () => {
  expect(report.needs.find((need) => need.id === 'compression')!.params).toMatchObject({
    level: 6,
    takeover: 'no',
  });
});

test('two that no test tells apart, and whose ratio is known to be near 1, are a tie', () => {
  // gorilla's cost is brought to that of uws: 980 ns ÷ 4600 ns.
  const level = summarize(
    sampleRun({ rounds: 10, noise: 0.05, slowed: { gorilla: 980 / 4600 }, scenarios: ['echo'] }),
  );
  expect(new Set([places(level, 'throughput').uws, places(level, 'throughput').gorilla])).toEqual(
    new Set(['best', 'tie']),
  );
  expect(places(level, 'throughput').ws).toBe('behind');
});

describe('what cannot be told is not told', () => {
  test('where the rounds vary too much to see a difference, it is neither behind nor a tie', () => {
    const noisy = summarize(
      sampleRun({ rounds: 6, noise: 0.3, slowed: { gorilla: 980 / 4600 }, scenarios: ['echo'] }),
    );
    const { rows } = noisy.needs.find((need) => need.id === 'throughput')!;
    const open = rows.filter((row) => row.place === 'undecided');
    expect(open.length).toBeGreaterThan(0);
    for (const row of open.filter((one) => one.ratioInterval)) {
      expect(row.reason).toMatch(/vary too much/);
      expect(row.ratioInterval!.hi / row.ratioInterval!.lo).toBeGreaterThan(1.1);
    }
    expect(rows.some((row) => row.place === 'tie')).toBe(false);
  });

  test('with three rounds nobody is best, and the reason is there', () => {
    const few = summarize(sampleRun({ rounds: 3 }));
    expect(places(few, 'latency')).toMatchObject({
      ws: 'undecided',
      uws: 'undecided',
      socketio: 'undecided',
    });
    const row = few.needs.find((need) => need.id === 'latency')!.rows.find((one) => one.target === 'uws')!;
    expect(row.reason).toBe('3 rounds cannot show a difference at 95 %: use --rounds 5');
  });

  test('a generator that missed its schedule with one target ranks neither it nor what is compared to it', () => {
    expect(places(summarize(late(whole, ['socketio'])), 'latency')).toMatchObject({
      uws: 'best',
      ws: 'behind',
      socketio: 'unranked',
    });
    expect(places(summarize(late(whole, ['uws'])), 'latency')).toMatchObject({
      uws: 'unranked',
      ws: 'unranked',
      socketio: 'unranked',
    });
  });
});

function late(run: Run, targets: readonly string[]): Run {
  const trials = run.trials.map((trial) => {
    if (!trial.load || !targets.includes(trial.case.target)) return trial;
    const generator = { ...trial.load.generator, behindSchedule: true };
    return { ...trial, load: { ...trial.load, generator } };
  });
  return { ...run, trials };
}

test('needs that a run did not measure are absent', () => {
  expect(summarize(sampleRun({ scenarios: ['hold'] })).needs.map((need) => need.id)).toEqual([
    'memory',
    'robustness',
  ]);
});

test('a target whose memory does not grow with its connections has no place in a ratio', () => {
  const run = sampleRun({ scenarios: ['hold'] });
  const trials = run.trials.map((trial) =>
    trial.case.target === 'uws' && trial.held
      ? {
          ...trial,
          held: trial.held.map((held) => ({ ...held, serverRssBytes: 80_000_000 - held.connections })),
        }
      : trial,
  );
  expect(places(summarize({ ...run, trials }), 'memory')).toMatchObject({ uws: 'missing', ws: 'best' });
});

test('robustness counts rules of the RFC, and a rule that fails in seventy cases fails once', () => {
  const line = (target: string, rule: string, name: string, verdict: Verdict) =>
    ({ type: 'conformance', target, rule, name, expected: '1007', outcome: '1007', verdict }) as const;
  const seventy = Array.from({ length: 70 }, (_, i) => `text ${i}`);
  const conformance = [
    ...seventy.map((name) => line('ws', 'utf-8', name, 'failed')),
    ...seventy.map((name) => line('uws', 'utf-8', name, 'non-strict')),
    ...seventy.map((name) => line('socketio', 'utf-8', name, 'failed')),
    ...['ws', 'uws', 'socketio'].flatMap((target) =>
      ['a', 'b'].map((rule) => line(target, rule, rule, 'ok')),
    ),
    line('ws', 'c', 'c', 'ok'),
    line('uws', 'c', 'c', 'non-strict'),
    line('socketio', 'c', 'c', 'not applicable'),
  ];
  const summary = summarize({ ...whole, conformance });
  const { rows } = summary.needs.find(({ id }) => id === 'robustness')!;
  const estimates = Object.fromEntries(rows.map(({ target, estimate }) => [target, estimate]));
  expect(estimates).toMatchObject({
    ws: { center: 3 / 4, lo: 3 / 4, hi: 3 / 4, n: 4 },
    uws: { center: 3 / 4, lo: 2 / 4, hi: 1, n: 4 },
    socketio: { center: 2 / 3, n: 3 },
  });
  // Another number of rules applies to socketio, and it misses as much as the others: they are equals.
  expect(places(summary, 'robustness')).toMatchObject({ ws: 'tie', uws: 'tie', socketio: 'tie' });
  const worse = conformance.map((one) =>
    one.name === 'a' && one.target === 'uws' ? { ...one, verdict: 'failed' as const } : one,
  );
  expect(places(summarize({ ...whole, conformance: worse }), 'robustness')).toMatchObject({
    ws: 'tie',
    uws: 'behind',
  });
});

test('one round has a ratio to the best, and no interval of it', () => {
  const { rows } = summarize(sampleRun({ rounds: 1 })).needs.find((need) => need.id === 'throughput')!;
  const behind = rows.find((row) => row.target === 'ws')!;
  expect(behind.ratioToBest).toBeGreaterThan(1);
  expect(behind.ratioInterval).toBeUndefined();
});
