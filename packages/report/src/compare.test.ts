import { bucketOf, sparse } from '@ws-arena/load/buckets';
import type { Cell } from '@ws-arena/results/report-file';
import { describe, expect, test } from 'vitest';
import { compareBlocks, compareCells, type Measured } from './compare.ts';
import { BlockHistograms } from './figure.ts';
import { type MetricName, metrics } from './metrics.ts';
import { medianInterval } from './statistics/median-interval.ts';
import { noises } from './statistics/testing/noise.ts';

const MARGIN = 0.06;

function measured(target: string, values: ReadonlyMap<number, number>, change: Partial<Cell> = {}): Measured {
  const metric: MetricName = 'cpuServer';
  const { center, lo, hi } = medianInterval([...values.values()]);
  const cell: Cell = {
    ...{ case: 0, scenario: 'load', target, route: 'direct', params: {}, metric },
    ...{ unit: metrics[metric].unit, better: metrics[metric].better },
    estimate: {
      center,
      lo: Number.isFinite(lo) ? lo : null,
      hi: Number.isFinite(hi) ? hi : null,
      n: values.size,
    },
    ...{ limiter: 'none', warnings: [] },
    ...change,
  };
  return { cell, figure: { metric, values } };
}

/** Values of `n` blocks that share the drift of the machine. */
function blocks(n: number, ratio: number, seed = 1) {
  const drift = noises(1).normal;
  const own = noises(seed + 100).normal;
  return new Map(
    Array.from({ length: n }, (_, block) => [block, 1000 * ratio * Math.exp(0.4 * drift() + 0.03 * own())]),
  );
}

const one = (target: Measured, baseline: Measured) => compareBlocks([{ target, baseline }], MARGIN)[0]!;

describe('block by block', () => {
  test('the drift of the machine cancels: 10 % is found where figures vary by 40 %', () => {
    const finding = one(measured('b', blocks(20, 1.1, 2)), measured('a', blocks(20, 1, 1)));
    expect(finding.verdict).toBe('worse');
    expect(finding.ratio.lo).toBeGreaterThan(1.05);
    expect(finding.ratio.hi).toBeLessThan(1.15);
  });

  test('the same is equal, where its whole interval is within the margin', () => {
    expect(one(measured('b', blocks(40, 1, 2)), measured('a', blocks(40, 1, 1))).verdict).toBe('equal');
  });

  test('and undecided where it is not', () => {
    const { normal } = noises(3);
    const wild = new Map(Array.from({ length: 20 }, (_, block) => [block, 1000 * Math.exp(0.5 * normal())]));
    const finding = one(measured('b', wild), measured('a', blocks(20, 1)));
    expect(finding).toMatchObject({ verdict: 'undecided' });
    expect(finding.undecided).toBeUndefined();
  });

  test('more is better of a rate, less of a cost', () => {
    const rate = { better: 'higher' } as const;
    const [slow, fast] = [blocks(20, 1, 1), blocks(20, 2, 2)];
    expect(one(measured('b', fast), measured('a', slow)).verdict).toBe('worse');
    expect(one(measured('b', fast, rate), measured('a', slow, rate)).verdict).toBe('better');
  });

  test('only blocks that both were measured in count, and figures above 0', () => {
    const some = new Map([...blocks(20, 1.5, 2)].filter(([block]) => block >= 10));
    const finding = one(measured('b', some), measured('a', blocks(20, 1, 1)));
    expect(finding.ratio.lo).toBeGreaterThan(1.4);
    expect(finding.verdict).toBe('worse');
    const negative = new Map(
      [...blocks(20, 1, 2)].map(([block, value]) => [block, block < 15 ? -value : value]),
    );
    expect(one(measured('b', negative), measured('a', blocks(20, 1)))).toMatchObject({
      undecided: 'few-blocks',
      reason: '5 blocks cannot show a difference at 95 %; 6 can',
    });
    expect(one(measured('b', new Map()), measured('a', blocks(20, 1)))).toBeUndefined();
    // The other way round, too.
    expect(one(measured('b', blocks(20, 1)), measured('a', some)).ratio.hi).toBeLessThan(0.75);
  });

  test('few blocks have a ratio and no interval', () => {
    const finding = one(measured('b', blocks(5, 3, 2)), measured('a', blocks(5, 1)));
    expect(finding).toMatchObject({
      verdict: 'undecided',
      undecided: 'few-blocks',
      ratio: { lo: null, hi: null },
    });
    expect(finding.ratio.center).toBeGreaterThan(2.5);
  });

  test('a figure that the generator limited decides nothing', () => {
    const [a, b] = [blocks(20, 1, 1), blocks(20, 3, 2)];
    expect(one(measured('b', b, { limiter: 'generator' }), measured('a', a))).toMatchObject({
      ...{ verdict: 'undecided', undecided: 'generator', reason: 'the generator limited b' },
    });
  });

  const blocksWithTail = (ns: number) => {
    const histogram = sparse(
      new Map([
        [bucketOf(1e6), 98],
        [bucketOf(ns), 2],
      ]),
    );
    return new BlockHistograms(new Map(Array.from({ length: 12 }, (_, block) => [block, histogram])));
  };

  test('a percentile is compared by drawing blocks', () => {
    const tail = (target: string, ns: number) => ({
      cell: measured(target, blocks(12, 1), { metric: 'p99' }).cell,
      figure: { metric: 'p99' as const, values: new Map(), histograms: blocksWithTail(ns) },
    });
    const finding = one(tail('b', 4e7), tail('a', 2e7));
    expect(finding.verdict).toBe('worse');
    expect(finding.ratio.center).toBeCloseTo(2, 1);
  });

  test('where the generator was late, a percentile differs only if the same holds from the real send', () => {
    const figure = (ns: number) => ({
      metric: 'p99' as const,
      values: new Map(),
      histograms: blocksWithTail(ns),
    });
    const late = (target: string, ns: number, realNs: number) => ({
      cell: measured(target, blocks(12, 1), {
        metric: 'p99',
        warnings: [{ kind: 'generator-lag' as const, detail: '' }],
      }).cell,
      figure: { ...figure(ns), fromRealSend: figure(realNs) },
    });
    const both = one(late('b', 4e7, 3e7), late('a', 2e7, 1e7));
    expect(both.verdict).toBe('worse');
    expect(both.ratio.lo).toBeLessThan(2.1);
    expect(both.ratio.hi).toBeGreaterThan(2.8);
    expect(one(late('b', 4e7, 1e7), late('a', 2e7, 1e7)).verdict).toBe('undecided');
    expect(one(late('b', 4e7, 1e7), late('a', 2e7, 2e7)).verdict).toBe('undecided');
  });
});

test('of 100 pairs that do not differ, hardly any is called, though 5 have p below 0.05', () => {
  const pairs = Array.from({ length: 100 }, (_, i) => ({
    target: measured('b', blocks(20, 1, 2 * i)),
    baseline: measured('a', blocks(20, 1, 2 * i + 1)),
  }));
  const called = compareBlocks(pairs, MARGIN).filter(
    (finding) => finding!.verdict === 'better' || finding!.verdict === 'worse',
  );
  expect(called.length).toBeLessThanOrEqual(1);
});

describe('cells of other blocks', () => {
  const cell = (ratio: number, n: number, seed: number) => measured('a', blocks(n, ratio, seed)).cell;
  const compared = (target: Cell, baseline: Cell) => compareCells([{ target, baseline }], MARGIN)[0]!;

  test('a difference that is larger than the drift of both is found', () => {
    expect(compared(cell(3, 20, 2), cell(1, 20, 1)).verdict).toBe('worse');
    expect(compared(cell(1.1, 20, 2), cell(1, 20, 1)).verdict).toBe('undecided');
  });

  test('a latency that is partly the generator’s decides nothing', () => {
    const late: Cell = { ...cell(1, 20, 1), warnings: [{ kind: 'generator-lag', detail: '' }] };
    expect(compared(cell(3, 20, 2), late)).toMatchObject({
      ...{ verdict: 'undecided', undecided: 'generator' },
      reason: 'a part of a’s figure is the generator’s own delay',
    });
  });

  test('a figure whose interval reaches below 0 has no ratio', () => {
    const negative: Cell = { ...cell(1, 20, 1), estimate: { center: 5, lo: -1, hi: 11, n: 20 } };
    expect(compared(negative, cell(1, 20, 2))).toBeUndefined();
  });

  test('without an interval on both sides there is none of the ratio', () => {
    expect(compared(cell(3, 5, 2), cell(1, 20, 1))).toMatchObject({
      ...{ verdict: 'undecided', undecided: 'few-blocks', ratio: { lo: null, hi: null } },
    });
  });
});
