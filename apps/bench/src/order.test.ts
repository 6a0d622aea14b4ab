import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { order } from './order.ts';

const cases = (scenario: Case['scenario']): Case[] =>
  ['a', 'b', 'c'].map((target) => ({ scenario, target, route: 'direct', params: { window: 1 } }));

test('rounds are outermost, and each round begins with another target', () => {
  const turns = order(cases('echo'), { rounds: 3, fewRounds: 3 });
  expect(turns.map((turn) => `${turn.round}${turn.case.target}`).join(' ')).toBe(
    '0a 0b 0c 1b 1c 1a 2c 2a 2b',
  );
});

test('targets take turns within each set of parameters', () => {
  const other = cases('echo').map((one) => ({ ...one, params: { window: 16 } }));
  const turns = order([...cases('echo'), ...other], { rounds: 1, fewRounds: 1 });
  expect(turns.map((turn) => `${turn.case.target}${turn.case.params.window}`).join(' ')).toBe(
    'a1 b1 c1 a16 b16 c16',
  );
});

test('scenarios that hardly vary are measured in the first rounds only', () => {
  const turns = order([...cases('echo'), ...cases('hold')], { rounds: 5, fewRounds: 3 });
  const roundsOf = (scenario: string) =>
    Math.max(...turns.filter((turn) => turn.case.scenario === scenario).map((turn) => turn.round)) + 1;
  expect([roundsOf('echo'), roundsOf('hold')]).toEqual([5, 3]);
});
