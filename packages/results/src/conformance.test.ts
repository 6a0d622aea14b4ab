import { expect, test } from 'vitest';
import { counted, standings, type Verdict } from './conformance.ts';

const of = (rule: string, ...verdicts: Verdict[]) =>
  verdicts.map((verdict, i) => ({ name: `${rule} ${i}`, rule, verdict }));

test('a rule stands as its worst case does, with how many do', () => {
  const cases = [
    ...of('strict', 'ok', 'ok'),
    ...of('tolerated', 'ok', 'non-strict', 'not applicable'),
    ...of('failed', 'failed', 'ok', 'non-strict', 'failed'),
    ...of('of others', 'not applicable'),
  ];
  expect([...standings(cases)]).toEqual([
    ['strict', { verdict: 'ok', cases: 2, of: 2 }],
    ['tolerated', { verdict: 'non-strict', cases: 1, of: 2 }],
    ['failed', { verdict: 'failed', cases: 2, of: 4 }],
    ['of others', { verdict: 'not applicable', cases: 0, of: 0 }],
  ]);
});

test('a case of a run without rules is one of its own', () => {
  const cases = ['a', 'b'].map((name) => ({ name, verdict: 'failed' as const }));
  expect([...standings(cases).keys()]).toEqual(['a', 'b']);
});

test('verdicts are counted by kind', () => {
  expect(counted(['ok', 'failed', 'ok'])).toEqual({
    ok: 2,
    'non-strict': 0,
    failed: 1,
    'not applicable': 0,
  });
});
