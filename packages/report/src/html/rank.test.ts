import { expect, test } from 'vitest';
import { type Candidate, rank } from './rank.ts';

const candidates: Candidate[] = [
  { name: 'fast', behind: { speed: 1, memory: 4, nginx: null }, features: [] },
  { name: 'small', behind: { speed: 2, memory: 1, nginx: 1 }, features: ['rooms'] },
];

test('a score is the weighted geometric mean of best-to-own', () => {
  const [first, second] = rank(candidates, { speed: 1, memory: 1 }, []);
  expect(first).toMatchObject({ name: 'small' });
  expect(first!.score).toBeCloseTo(Math.sqrt(1 / 2), 12);
  expect(second!.score).toBeCloseTo(Math.sqrt(1 / 4), 12);
});

test('weights change the order, and a weight of 0 leaves a need out', () => {
  expect(rank(candidates, { speed: 5, memory: 1 }, [])[0]!.name).toBe('fast');
  expect(rank(candidates, { speed: 1, memory: 5 }, [])[0]!.name).toBe('small');
  expect(rank(candidates, { speed: 1, memory: 0 }, [])[0]).toMatchObject({ name: 'fast', score: 1 });
});

test('without a figure for a weighted need, or without a feature asked for, there is no score and a reason', () => {
  const ranked = rank(candidates, { speed: 1, nginx: 1 }, []);
  expect(ranked[1]).toMatchObject({ name: 'fast', score: null, unknown: ['nginx'] });
  expect(rank(candidates, { speed: 1 }, ['rooms'])[1]).toMatchObject({
    name: 'fast',
    score: null,
    lacks: ['rooms'],
  });
});

test('all weights 0: nothing is ranked', () => {
  expect(rank(candidates, { speed: 0 }, []).map(({ score }) => score)).toEqual([null, null]);
});
