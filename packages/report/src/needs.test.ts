import { type NeedRow, needIds, type Report } from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { describe, expect, test } from 'vitest';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';

const whole = sampleRun();
const report = summarize(whole);

function needOf({ needs }: Report, id: string) {
  return needs.find((one) => one.id === id)!;
}

function places(of: Report, id: string): Record<string, NeedRow['place']> {
  return Object.fromEntries(needOf(of, id).rows.map((row) => [row.target, row.place]));
}

/** The run with some of its slices changed. */
function changed(
  run: Run,
  of: { scenario?: string; target?: string },
  change: (slice: SliceLine) => SliceLine,
): Run {
  const slices = run.slices.map((slice) => {
    const { scenario, target } = run.header.cases[slice.case]!;
    const hit = (of.scenario ?? scenario) === scenario && (of.target ?? target) === target;
    return hit && slice.load ? change(slice) : slice;
  });
  return { ...run, slices };
}

test('every need has a column, in their order, and every target a place in it', () => {
  // The made-up run has neither rooms nor deploys.
  const measured = needIds.filter((id) => id !== 'rooms' && id !== 'deploys');
  expect(report.needs.map((need) => need.id)).toEqual(measured);
  for (const need of report.needs)
    expect(need.rows.map((row) => row.target)).toEqual(report.targets.map((t) => t.name));
});

test.each([
  ['message', 'cpuServer', 'direct', { burst: 1, ratePerSec: 20_000 }],
  ['burst', 'cpuServer', 'direct', { burst: 16, ratePerSec: 40_000 }],
  ['latency', 'p99Typical', 'direct', { burst: 16, ratePerSec: 40_000 }],
  ['fanout', 'cpuServer', 'direct', { members: 500 }],
  ['handshakes', 'cpuServer', 'direct', { ratePerSec: 500 }],
  ['nginx', 'cpuServing', 'nginx', { burst: 1, ratePerSec: 20_000 }],
  ['compression', 'cpuServer', 'direct', { level: 6, takeover: 'no' }],
  ['memory', 'bytesPerConnection', 'direct', { connections: 2000 }],
])('%s is ranked by %s, %s, at the highest rate that all keep', (id, metric, route, params) => {
  expect(needOf(report, id)).toMatchObject({ metric, route, params });
});

test('who is behind is so by a ratio, with its interval; two that cost the same are equal', () => {
  expect(places(report, 'message')).toEqual({
    ...{ ws: 'behind', uws: 'equal', socketio: 'behind', gorilla: 'best', coder: 'missing' },
  });
  const ws = needOf(report, 'message').rows.find(({ target }) => target === 'ws')!;
  expect(ws.ratioInterval!.lo).toBeLessThan(15 / 8);
  expect(ws.ratioInterval!.hi).toBeGreaterThan(15 / 8);
});

test('best is only who beat some other', () => {
  const twins = summarize(sampleRun({ targets: ['ws', 'uws'], twins: true, scenarios: ['connect'] }));
  expect(places(twins, 'handshakes')).toMatchObject({ ws: 'equal', uws: 'equal' });
});

describe('what cannot be told is not told', () => {
  test('where the blocks vary too much, it is neither behind nor equal', () => {
    const noisy = summarize(sampleRun({ noise: 0.3, scenarios: ['load'], targets: ['uws', 'gorilla'] }));
    expect(places(noisy, 'message')).toMatchObject({ uws: 'undecided', gorilla: 'undecided' });
  });

  test('with five blocks nobody is best, and the reason is there', () => {
    const few = needOf(summarize(sampleRun({ blocks: 5, scenarios: ['connect'] })), 'handshakes');
    expect(new Set(few.rows.map(({ place }) => place))).toEqual(new Set(['undecided', 'missing']));
    expect(few.rows[0]!.reason).toBe('5 blocks cannot show a difference at 95 %; 6 can');
    expect(few.resolution).toBeNull();
  });

  test('a cell that the generator limited decides nothing', () => {
    const full = changed(whole, { scenario: 'connect', target: 'ws' }, (slice) => ({
      ...slice,
      usage: { ...slice.usage!, generator: { cpuNs: 1e8, saturation: 0.99 } },
    }));
    expect(places(summarize(full), 'handshakes')).toMatchObject({
      uws: 'best',
      ws: 'unranked',
      gorilla: 'behind',
    });
  });
});

describe('the rate at which targets are compared', () => {
  test('is lower when one more target keeps less', () => {
    const slow = summarize(sampleRun({ slowed: { socketio: 2 } }));
    expect(needOf(slow, 'message').params.ratePerSec).toBe(10_000);
  });

  test('a target that keeps no rate does not lower it, and is missing with the reason', () => {
    const broken = changed(whole, { scenario: 'load', target: 'socketio' }, (slice) => ({
      ...slice,
      load: { ...slice.load!, lost: 5 },
    }));
    const need = needOf(summarize(broken), 'message');
    expect(need.params.ratePerSec).toBe(40_000);
    expect(need.note).toBeUndefined();
  });

  test('where the generator was late at every rate it is the lowest: costs hold, and a sentence says so', () => {
    const late = changed(whole, { scenario: 'load' }, (slice) => ({
      ...slice,
      load: { ...slice.load!, late: slice.load!.sent },
    }));
    const need = needOf(summarize(late), 'message');
    expect(need.params.ratePerSec).toBe(5000);
    expect(need.note).toBe('No target kept a rate: at this one the generator was late.');
    expect(places(summarize(late), 'message')).toMatchObject({ ws: 'behind', socketio: 'behind' });
  });
});

describe('the highest rate kept', () => {
  test('who broke at a rate that another kept is behind it', () => {
    expect(places(report, 'capacity')).toMatchObject({
      uws: 'best',
      gorilla: 'equal',
      ws: 'behind',
      socketio: 'behind',
    });
    const ws = needOf(report, 'capacity').rows.find(({ target }) => target === 'ws')!;
    expect(ws.estimate).toMatchObject({ center: 40_000, lo: 40_000, hi: 80_000 });
    // Between 80 ÷ 80 and 160 ÷ 40.
    expect(ws).toMatchObject({ limiter: 'server', ratioToBest: 2, ratioInterval: { lo: 1, hi: 4 } });
  });

  test('where the generator ended the ladder of two, their places are open, and those below them behind', () => {
    const late = changed(whole, { scenario: 'load' }, (slice) => {
      const { ratePerSec } = whole.header.cases[slice.case]!.params;
      return Number(ratePerSec) < 160_000
        ? slice
        : { ...slice, load: { ...slice.load!, late: slice.load!.sent } };
    });
    const need = needOf(summarize(late), 'capacity');
    expect(Object.fromEntries(need.rows.map(({ target, place }) => [target, place]))).toMatchObject({
      ...{ uws: 'unranked', gorilla: 'unranked', ws: 'behind' },
    });
    expect(need.rows.find(({ target }) => target === 'uws')!.estimate).toMatchObject({
      center: 80_000,
      hi: null,
    });
  });
});

describe('a ladder that broke nobody', () => {
  /** The run with the two highest rates left out. */
  const low = (run: Run): Run => {
    const slices = run.slices.filter(({ case: index }) => {
      const { scenario, params } = run.header.cases[index]!;
      return scenario !== 'load' || Number(params.ratePerSec) <= 20_000;
    });
    return { ...run, slices };
  };

  test('says nothing of the highest rate', () => {
    const { needs, ladders } = summarize(low(sampleRun({ targets: ['ws', 'uws'], scenarios: ['load'] })));
    expect(ladders[0]).toMatchObject({ kept: 20_000, broken: null, limiter: null });
    expect(needs.map(({ id }) => id)).not.toContain('capacity');
  });

  test('has no place beside one that it broke, but that the other is behind', () => {
    const run = low(sampleRun({ scenarios: ['load'], slowed: { socketio: 3 } }));
    expect(places(summarize(run), 'capacity')).toMatchObject({
      ws: 'unranked',
      uws: 'unranked',
      socketio: 'behind',
    });
  });
});

test('needs that a run did not measure are absent', () => {
  const { needs } = summarize(sampleRun({ scenarios: ['hold'] }));
  expect(needs.map(({ id }) => id)).toEqual(['memory', 'idle', 'robustness']);
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
  const told = summarize({ ...run, trials });
  expect(places(told, 'memory')).toMatchObject({ uws: 'missing', ws: 'best' });
  const { reason } = needOf(told, 'memory').rows.find(({ target }) => target === 'uws')!;
  expect(reason).toMatch(/^its figure came out at -.* B, which cannot be: more rounds are needed$/);
});
