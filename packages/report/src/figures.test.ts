import { bucketOf, sparse } from '@ws-arena/load/buckets';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { endedWell } from './blocks.ts';
import { figuresOf } from './figures.ts';
import { typicalLag } from './tail-warnings.ts';
import { sliceOf } from './testdata/slice.ts';

const one: Case = { scenario: 'load', target: 'ws', route: 'direct', params: { ratePerSec: 10_000 } };

/** Slices whose p99 is `intendedMs` from the intended send and `actualMs` from the real one. */
function typicalP99(ms: readonly (readonly [intendedMs: number, actualMs: number])[]) {
  const slices = ms.map(([intended, actual], block) => {
    const tail = (slow: number) =>
      sparse(
        new Map([
          [bucketOf(1e5), 980],
          [bucketOf(slow * 1e6), 20],
        ]),
      );
    return sliceOf({ block, load: { intended: tail(intended), actual: tail(actual) } });
  });
  const measured = {
    index: 0,
    case: one,
    slices: slices.filter(endedWell),
    trials: [],
    failed: [],
    planned: 9,
  };
  return figuresOf(measured).find(({ metric }) => metric === 'p99Typical')!;
}

test('p99 of a typical slice is one figure of each slice: the stall of one is not that of another', () => {
  const { values } = typicalP99([
    [2, 2],
    [2, 2],
    [400, 400],
  ]);
  const ms = [...values.values()].map((ns) => ns / 1e6);
  expect(ms[0]).toBeCloseTo(2, 1);
  expect(ms[1]).toBeCloseTo(2, 1);
  expect(ms[2]! / 400).toBeCloseTo(1, 1);
});

test('where a part of it is the generator’s own lateness in most slices, a warning says so', () => {
  const late = [2, 1] as const;
  const inTime = [2, 2] as const;
  expect(typicalLag(typicalP99([late, late, inTime]))).toMatchObject([{ kind: 'generator-lag' }]);
  expect(typicalLag(typicalP99([late, inTime, inTime]))).toEqual([]);
});
