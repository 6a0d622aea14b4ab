import type { Verdict } from '@ws-arena/results/conformance';
import { expect, test } from 'vitest';
import { robustnessNeed } from './robustness.ts';
import { sampleRun } from './testdata/sample-run.ts';

const line = (target: string, rule: string, name: string, verdict: Verdict) =>
  ({ type: 'conformance', target, rule, name, expected: '1007', outcome: '1007', verdict }) as const;
const seventy = Array.from({ length: 70 }, (_, i) => `text ${i}`);
const conformance = [
  ...seventy.map((name) => line('ws', 'utf-8', name, 'failed')),
  ...seventy.map((name) => line('uws', 'utf-8', name, 'non-strict')),
  ...seventy.map((name) => line('socketio', 'utf-8', name, 'failed')),
  ...['ws', 'uws', 'socketio'].flatMap((target) => ['a', 'b'].map((rule) => line(target, rule, rule, 'ok'))),
  line('ws', 'c', 'c', 'ok'),
  line('uws', 'c', 'c', 'non-strict'),
  line('socketio', 'c', 'c', 'not applicable'),
];
const run = sampleRun({ scenarios: ['hold'] });
const needOf = (lines: typeof conformance) => robustnessNeed({ ...run, conformance: lines })[0]!;

test('robustness counts rules of the RFC, and a rule that fails in seventy cases fails once', () => {
  const estimates = Object.fromEntries(needOf(conformance).rows.map((row) => [row.target, row.estimate]));
  expect(estimates).toMatchObject({
    ws: { center: 3 / 4, lo: 3 / 4, hi: 3 / 4, n: 4 },
    uws: { center: 3 / 4, lo: 2 / 4, hi: 1, n: 4 },
    socketio: { center: 2 / 3, n: 3 },
  });
});

test('who misses equally much is equal, and who misses more is behind', () => {
  const places = (lines: typeof conformance) =>
    Object.fromEntries(needOf(lines).rows.map((row) => [row.target, row.place]));
  // Another number of rules applies to socketio, and it misses as much as the others.
  expect(places(conformance)).toMatchObject({ ws: 'equal', uws: 'equal', socketio: 'equal' });
  const worse = conformance.map((one) =>
    one.name === 'a' && one.target === 'uws' ? line('uws', one.rule, one.name, 'failed') : one,
  );
  expect(places(worse)).toMatchObject({ ws: 'equal', uws: 'behind' });
});
