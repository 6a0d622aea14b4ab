import { RUN_SCHEMA_VERSION, type Run } from '@ws-arena/results/run-file';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { measuredCases } from './blocks.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { sliceOf } from './testdata/slice.ts';

const load = (target: string): Case => ({
  scenario: 'load',
  target,
  route: 'direct',
  params: { ratePerSec: 5000 },
});

function runOf(slices: Run['slices'], cases = [load('ws'), load('uws')]): Run {
  const { header, ...rest } = sampleRun({ scenarios: ['limit'], rounds: 0 });
  return { ...rest, header: { ...header, schemaVersion: RUN_SCHEMA_VERSION, cases }, slices, trials: [] };
}

test('slices are in the order of the blocks, and what failed is apart', () => {
  const failed = { ...sliceOf({ block: 1 }), error: 'it died' };
  const [ws, uws] = measuredCases(runOf([sliceOf({ block: 2 }), failed, sliceOf({ block: 0 })]));
  expect(ws!.slices.map(({ block }) => block)).toEqual([0, 2]);
  expect(ws!.failed).toEqual([failed]);
  expect(uws!.slices).toEqual([]);
});

test('of a block measured twice, as a resumed run does, the later counts', () => {
  const again = sliceOf({ block: 0, server: 0.5 });
  expect(measuredCases(runOf([sliceOf({ block: 0 }), again]))[0]!.slices).toEqual([again]);
});

test('planned is what any target of the group was measured in', () => {
  const slices = [0, 1, 2].map((block) => sliceOf({ block })).concat(sliceOf({ case: 1 }));
  expect(measuredCases(runOf(slices)).map(({ planned }) => planned)).toEqual([3, 3]);
});

test('trials belong to their case', () => {
  const run = sampleRun({ scenarios: ['hold'], rounds: 2 });
  for (const one of measuredCases(run)) {
    expect(one.trials.map(({ round }) => round)).toEqual([0, 1]);
    for (const trial of one.trials) expect(trial.case).toEqual(one.case);
  }
});
