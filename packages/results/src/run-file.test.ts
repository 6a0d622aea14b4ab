import { expect, test } from 'vitest';
import { formatLine, parseRun, RUN_SCHEMA_VERSION, type RunHeader, type RunLine } from './run-file.ts';
import type { SliceLine } from './slice-line.ts';

const header: RunHeader = {
  ...{ type: 'run', schemaVersion: RUN_SCHEMA_VERSION, command: 'pnpm bench', argv: [], preset: 'quick' },
  startedAt: '2026-11-22T12:00:00.000Z',
  environment: {
    ...{ cpuModel: 'CPU', cores: 2, memoryBytes: 1, kernel: 'Linux', os: 'Debian', node: '22', v8: '12' },
    ...{ openssl: '3', descriptors: 1024, pinning: 'not pinned', settings: {} },
  },
  targets: [],
  cases: [{ scenario: 'load', target: 'ws', route: 'direct', params: { ratePerSec: 5000 } }],
  rounds: 1,
  precision: { halfWidth: 0.05, p99BoundMs: 10 },
};
const slice: SliceLine = { type: 'slice', case: 0, block: 0, atMs: 5, error: 'ws ended' };
const textOf = (...lines: RunLine[]) => lines.map(formatLine).join('');

test('what was written is read back', () => {
  const end: RunLine = { type: 'end', finishedAt: '2026-11-22T12:02:00.000Z', elapsedMs: 120_000 };
  expect(parseRun(textOf(header, slice, end))).toEqual({
    ...{ header, targets: [], trials: [], slices: [slice], conformance: [], problems: [], end },
  });
});

test.each([
  [1, /^the run file is of version 1, and this program reads version 2: measure again$/],
  [3, /^the run file is of version 3, and this program reads version 2: use a newer ws-arena$/],
])('version %i is refused with one sentence', (schemaVersion, sentence) => {
  expect(() => parseRun(textOf({ ...header, schemaVersion }))).toThrow(sentence);
});

test.each([
  ['', 'the run file is empty'],
  ['{"type":"slice"}\n', 'this is not a run file'],
  ['not JSON\n', 'this is not a run file'],
])('%j is refused', (text, sentence) => {
  expect(() => parseRun(text)).toThrow(sentence);
});

test.each([
  ['{"type":"slice","case":0,', 'cut short'],
  ['{"type":"new"}', 'of an unknown kind'],
  ['{"type":"slice","case":7,"block":0}', 'a slice of no case of the run'],
  ['{"type":"slice","case":0}', 'a slice of no case of the run'],
  ['{"type":"slice","case":0,"block":0,"load":{"sent":5}}', 'a slice without its counts'],
  ['{"type":"slice","case":0,"block":0,"load":null}', 'a slice without its counts'],
])('the line %s is left out with its reason, and the others are read', (line, reason) => {
  const run = parseRun(`${textOf(header)}${line}\n${textOf(slice)}`);
  expect(run.problems).toEqual([`line 2 of the run file is ${reason} and was left out`]);
  expect(run.slices).toEqual([slice]);
});

const one = header.cases[0]!;
const messages = { offered: 1, sent: 1, delivered: 1, lost: 0 };
const returns = { tickMs: 50, clients: 2, waited: 0, ended: [1], begun: [1], returned: [1] };
const trialLine = (values: object) =>
  `${JSON.stringify({ type: 'trial', case: one, round: 0, warnings: [], ...values })}\n`;

test.each([
  [{ case: { ...one, target: 'nobody' } }, 'a trial of no case of the run'],
  [{ round: 'first' }, 'a trial of no case of the run'],
  [{ load: null }, 'a trial without its counts'],
  [{ load: { messages: { sent: 1 } } }, 'a trial without its counts'],
  [{ load: { messages, returns: { ...returns, ended: [1, 2] } } }, 'a trial without its counts'],
  [{ load: { messages, slow: { members: 4 } } }, 'a trial without its counts'],
  [{ load: { messages }, replaced: [{ atMs: 5 }] }, 'a trial without its counts'],
  [{ load: { messages }, course: [{ atMs: 5, cuts: 1 }] }, 'a trial without its counts'],
])('the trial %j is left out with its reason', (values, reason) => {
  const run = parseRun(`${textOf(header)}${trialLine(values)}`);
  expect(run.problems).toEqual([`line 2 of the run file is ${reason} and was left out`]);
  expect(run.trials).toEqual([]);
});

test('trials with their counts, and one that failed, are read', () => {
  const good = { load: { messages, returns }, replaced: [{ atMs: 1, endedMs: 2, readyMs: 3 }] };
  const run = parseRun(`${textOf(header)}${trialLine(good)}${trialLine({ error: 'ws ended' })}`);
  expect(run.problems).toEqual([]);
  expect(run.trials).toHaveLength(2);
});
