import { decodeHistogram, emptyHistogram } from '@ws-arena/load/histogram';
import { expect, test } from 'vitest';
import { seededRandom } from '../schedule/seeded-random.ts';
import { Recorder } from './recorder.ts';

test('it holds what hdr-histogram-js would hold of the same values', () => {
  const random = seededRandom(3);
  const recorder = new Recorder();
  const reference = emptyHistogram();
  const powers = Array.from({ length: 42 }, (_, power) => 2 ** power);
  const edges = powers.flatMap((power) => [power - 1, power, power + 1]);
  const spread = Array.from({ length: 20_000 }, () => Math.floor(2 ** ((random() / 2 ** 32) * 41)));
  for (const ns of [0, ...edges, ...spread]) {
    recorder.record(ns);
    reference.recordValue(ns);
  }
  const stored = decodeHistogram(recorder.encode());
  expect(stored.totalCount).toBe(reference.totalCount);
  for (let percentile = 0; percentile <= 100; percentile += 0.1) {
    expect(stored.getValueAtPercentile(percentile)).toBe(reference.getValueAtPercentile(percentile));
  }
});

test('fractions count as the whole below, and what is below 0 as 0', () => {
  const recorder = new Recorder();
  for (const ns of [-5, 0.9, 1.2]) recorder.record(ns);
  const stored = decodeHistogram(recorder.encode());
  expect([stored.totalCount, stored.getValueAtPercentile(50), stored.maxValue]).toEqual([3, 0, 1]);
});

test('clear empties it', () => {
  const recorder = new Recorder();
  recorder.record(9);
  recorder.clear();
  expect(recorder.total).toBe(0);
  expect(decodeHistogram(recorder.encode()).totalCount).toBe(0);
});
