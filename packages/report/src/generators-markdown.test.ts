import type { CostRound, GeneratorsFile, MeasuredGenerator } from '@ws-arena/results/generators-file';
import { expect, test } from 'vitest';
import { generatorsMarkdown } from './generators-markdown.ts';
import { sampleRun } from './testdata/sample-run.ts';

const ROUNDS = 6;

/** A generator whose messages cost `us` microseconds, a little more in each round, and whose p99 of the freeze is `p99Ms`. */
function generator(name: string, us: number, p99Ms: number): MeasuredGenerator {
  const rounds = Array.from({ length: ROUNDS }, (_, round): CostRound => {
    const drift = 1 + round / 10;
    return { generatorNs: us * 1000 * drift, serverNs: 8000 * drift, messagesPerSec: 10_000 };
  });
  const freeze = Array.from({ length: ROUNDS }, () => ({ p50Ms: 0.4, p99Ms, maxMs: 1001 }));
  return { name, version: '1.2.3', licence: 'MIT', cost: { open: rounds, closed: rounds }, freeze };
}

const file: GeneratorsFile = {
  schemaVersion: 1,
  command: 'pnpm bench generators',
  startedAt: '2026-11-24T16:00:00.000Z',
  tookMs: 600_000,
  environment: sampleRun().header.environment,
  server: 'uws, uWebSockets.js 20',
  connections: 100,
  payloadBytes: 64,
  ratePerSec: 10_000,
  windowMs: 10_000,
  freezeMs: 1000,
  generators: [generator('loadgen', 8, 903), generator('Other', 40, 2)],
  absent: ['Third is not here'],
  others: 0.02,
};
const lines = generatorsMarkdown(file).split('\n');
const row = (start: string, of = lines) =>
  of
    .find((line) => line.startsWith(start))!
    .split('|')
    .map((cell) => cell.trim());

test('cost: the median of the rounds, and the ratio of the same rounds, which drift does not touch', () => {
  expect(row('| loadgen').slice(4, 7)).toEqual(['10 µs', '1', '10k/s']);
  expect(row('| Other').slice(4, 7)).toEqual(['50 µs', '5.00 (5.00–5.00)', '10k/s']);
});

test('freeze: what each reports under what is true', () => {
  const table = lines.slice(lines.findIndex((line) => line.startsWith('| reported by')));
  expect(row('| **true', table).slice(3, 5)).toEqual(['900 ms', '1 s']);
  expect(row('| loadgen', table).slice(2, 5)).toEqual(['400 µs', '903 ms', '1 s']);
  expect(row('| Other', table).slice(2, 5)).toEqual(['400 µs', '2 ms', '1 s']);
});

test('a generator that is not here is named', () => {
  expect(lines).toContain('Not measured: Third is not here.');
});
