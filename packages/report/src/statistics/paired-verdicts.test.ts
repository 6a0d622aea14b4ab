import { expect, test } from 'vitest';
import { type PairedRatio, pairedRatio } from './paired-ratio.ts';
import { pairedVerdicts } from './paired-verdicts.ts';
import { noises } from './testing/noise.ts';

const found = (center: number, p: number, n = 20): PairedRatio => ({
  ratio: { center, lo: center, hi: center },
  p,
  n,
});

test('p is adjusted for the family, and the direction is that of the figure', () => {
  const family = [
    { paired: found(1.2, 0.001), better: 'higher' },
    { paired: found(1.2, 0.018), better: 'lower' },
    { paired: found(0.8, 0.031), better: 'lower' },
    { paired: found(0.8, 0.045), better: 'lower' },
    { paired: found(0.9, 0.2), better: 'higher' },
  ] as const;
  const judged = pairedVerdicts(family);
  expect(judged.map(({ verdict }) => verdict)).toEqual(['better', 'worse', '~', '~', '~']);
  for (const [i, p] of [0.005, 0.045, 0.155 / 3, 0.05625, 0.2].entries())
    expect(judged[i]!.p).toBeCloseTo(p, 12);
});

test('too few blocks are ~ and do not count in the family', () => {
  const few = { paired: found(3, 1, 5), better: 'higher' } as const;
  const one = { paired: found(0.5, 0.04), better: 'higher' } as const;
  expect(pairedVerdicts([few, one, few])).toEqual([
    { p: 1, verdict: '~' },
    { p: 0.04, verdict: 'worse' },
    { p: 1, verdict: '~' },
  ]);
  expect(pairedVerdicts([])).toEqual([]);
});

test('of what is called among 20 ratios, 5 % is called falsely at most', () => {
  const { t3 } = noises(17);
  const measured = (ratio: number) => {
    const values = Array.from({ length: 20 }, () => ratio * Math.exp(0.07 * t3()));
    return { paired: pairedRatio(values, new Array<number>(20).fill(1)), better: 'higher' } as const;
  };
  let called = 0;
  let falseShare = 0;
  const families = 300;
  for (let trial = 0; trial < families; trial += 1) {
    const verdicts = pairedVerdicts(Array.from({ length: 20 }, (_, i) => measured(i < 5 ? 1.1 : 1)));
    const right = verdicts.slice(0, 5).filter(({ verdict }) => verdict === 'better').length;
    const wrong = verdicts.slice(5).filter(({ verdict }) => verdict !== '~').length;
    called += right;
    falseShare += wrong / Math.max(1, right + wrong);
  }
  expect(falseShare / families).toBeLessThan(0.05);
  expect(called / families).toBeGreaterThan(3);
});
