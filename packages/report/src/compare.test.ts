import type { Warning } from '@ws-arena/load/warning';
import type { Cell, Limiter } from '@ws-arena/results/report-file';
import { describe, expect, test } from 'vitest';
import { comparePairs, compareToBaseline } from './compare.ts';
import { medianInterval } from './statistics/bootstrap.ts';
import { seededRandom } from './statistics/random.ts';

interface Given {
  readonly target?: string;
  readonly metric?: string;
  readonly better?: 'higher' | 'lower';
  readonly limiter?: Limiter;
  readonly warnings?: readonly Warning[];
}

function cell(samples: readonly number[], given: Given = {}): Cell {
  return {
    scenario: 'echo',
    target: given.target ?? 'uws',
    route: 'direct',
    params: { window: 16 },
    metric: given.metric ?? 'messagesPerSec',
    unit: '1/s',
    better: given.better ?? 'higher',
    estimate: { ...medianInterval(samples), n: samples.length },
    limiter: given.limiter ?? 'server',
    warnings: given.warnings ?? [],
    samples,
  };
}

const low = [100, 101, 102, 103, 104];
const high = [200, 202, 204, 206, 208];

function compare(target: Cell, baseline: Cell) {
  return comparePairs([{ baseline, target }])[0];
}

test.each([
  ['more of what should be much', high, low, 'higher', 'better'],
  ['less of what should be much', low, high, 'higher', 'worse'],
  ['less of what should be little', low, high, 'lower', 'better'],
  ['more of what should be little', high, low, 'lower', 'worse'],
  ['the same', low, low, 'higher', '~'],
  ['overlapping', [100, 103, 101, 99, 104], low, 'higher', '~'],
] as const)('%s', (_what, target, baseline, better, verdict) => {
  const finding = compare(cell(target, { better }), cell(baseline, { better }))!;
  expect(finding.verdict).toBe(verdict);
  expect(finding).not.toHaveProperty('reason');
});

test('the ratio is target over baseline, with its interval', () => {
  const finding = compare(cell(high), cell(low))!;
  expect(finding.ratio).toEqual({ center: 2, lo: 200 / 104, hi: 208 / 100 });
  expect(finding.p).toBeCloseTo(0.0079365, 6);
});

describe('what no test can decide is ~ with a reason', () => {
  test.each([
    [3, '3 rounds cannot show a difference at 95 %: use --rounds 5'],
    [1, '1 round cannot show a difference at 95 %: use --rounds 5'],
  ])('%i rounds', (rounds, reason) => {
    const finding = compare(cell(high.slice(0, rounds)), cell(low.slice(0, rounds)))!;
    expect(finding).toMatchObject({ verdict: '~', undecided: 'few-rounds', reason });
  });

  test('four rounds can', () => {
    expect(compare(cell(high.slice(0, 4)), cell(low.slice(0, 4)))!.verdict).toBe('better');
  });

  test.each([
    ['generator', 'server', 'the generator limited uws'],
    ['server', 'generator', 'the generator limited ws'],
    ['generator', 'generator', 'the generator limited ws and uws'],
  ] as const)('uws limited by the %s, ws by the %s', (uws, ws, reason) => {
    const finding = compare(cell(high, { limiter: uws }), cell(low, { limiter: ws, target: 'ws' }));
    expect(finding).toMatchObject({ verdict: '~', undecided: 'generator', reason });
  });

  test('a latency whose generator missed its schedule', () => {
    const warnings = [{ kind: 'behind-schedule', detail: '' }] as const;
    const finding = compare(
      cell(high, { metric: 'p99', warnings }),
      cell(low, { metric: 'p99', target: 'ws' }),
    );
    expect(finding).toMatchObject({ verdict: '~', reason: 'the generator missed its schedule with uws' });
  });
});

test('without a ratio there is no comparison', () => {
  expect(compare(cell([0, 0, 0, 0, 0]), cell(low))).toBeUndefined();
  expect(compare(cell([-5, 1, 2, 3, 4]), cell(low))).toBeUndefined();
  expect(compare(cell([]), cell(low))).toBeUndefined();
});

test('p is adjusted for what is looked at together, and only for what could be decided', () => {
  const same = Array.from({ length: 9 }, () => ({ baseline: cell(low), target: cell(low) }));
  const few = Array.from({ length: 50 }, () => ({ baseline: cell([1, 2, 3]), target: cell([4, 5, 6]) }));
  const [finding] = comparePairs([{ baseline: cell(low), target: cell(high) }, ...same, ...few]);
  expect(finding!.p).toBeCloseTo(0.079365, 5);
  expect(finding!.verdict).toBe('~');
});

test('of 200 comparisons of a target with itself, none or nearly none is called a difference', () => {
  const random = seededRandom(11);
  const noisy = () => Array.from({ length: 10 }, () => 1000 * (1 + 0.05 * (random() + random() - 1)));
  const pairs = Array.from({ length: 200 }, () => ({ baseline: cell(noisy()), target: cell(noisy()) }));
  expect(comparePairs(pairs).filter((finding) => finding!.verdict !== '~').length).toBeLessThanOrEqual(1);
});

test('each target is compared to the baseline within its own case, the generator’s cost not at all', () => {
  const cells = [
    cell(low, { target: 'ws' }),
    cell(high),
    cell(high, { target: 'socketio' }),
    { ...cell(high), params: { window: 1 } },
    cell(low, { target: 'ws', metric: 'cpuPerMessageGenerator' }),
    cell(high, { metric: 'cpuPerMessageGenerator' }),
  ];
  expect(
    compareToBaseline(cells, 'ws').map(({ baseline, target, metric }) => [baseline, target, metric]),
  ).toEqual([
    ['ws', 'uws', 'messagesPerSec'],
    ['ws', 'socketio', 'messagesPerSec'],
  ]);
  expect(compareToBaseline(cells, 'gorilla')).toEqual([]);
});
