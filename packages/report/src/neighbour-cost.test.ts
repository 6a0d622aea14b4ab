import type { Run } from '@ws-arena/results/run-file';
import type { Case } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { sliceOf } from './testdata/slice.ts';
import { neighbourSection } from './view/neighbour-tables.ts';

const neighbours = ['none', 'broadcast', 'large'];
const BLOCKS = 20;

/** Echoes of ws that take 1 ms alone, ten times that beside a broadcast, and the same beside large messages. */
function mixed(): Run {
  const run = sampleRun({ scenarios: ['connect'], targets: ['ws'], blocks: 1 });
  const cases = neighbours.map(
    (neighbour): Case => ({ scenario: 'mixed', target: 'ws', route: 'direct', params: { neighbour } }),
  );
  const slices = Array.from({ length: BLOCKS }, (_, block) => {
    // The machine drifts, and takes all of them with it.
    const ms = 1 + block / 10;
    return [ms, 10 * ms, ms].map((intendedMs, index) => sliceOf({ case: index, block, intendedMs }));
  });
  return { ...run, header: { ...run.header, cases }, slices: slices.flat(), trials: [] };
}

test('a neighbour is held against the blocks without one', () => {
  const { neighbourCosts } = summarize(mixed());
  const costOf = (neighbour: string) =>
    neighbourCosts.find(({ metric, params }) => metric === 'p99' && params.neighbour === neighbour)!;
  expect(costOf('broadcast').ratio.center).toBeCloseTo(10, 0);
  expect(costOf('broadcast').verdict).toBe('worse');
  expect(costOf('large').verdict).toBe('equal');
  expect(neighbourCosts.map(({ params }) => params.neighbour)).not.toContain('none');
});

test('each neighbour has a table, and a run without any has no section', () => {
  const { tables } = neighbourSection(summarize(mixed()));
  expect(tables.map(({ title }) => title)).toEqual([
    'Echoes beside a broadcast to 1,000 members, 8 a second, direct',
    'Echoes beside messages of 4 MiB, 8 a second, direct',
  ]);
  expect(tables[0]!.rows[0]!.cells[0]!.text).toMatch(/^(9\.9\d|10(\.\d+)?)×/);
  expect(neighbourSection(summarize(sampleRun({ blocks: 6 }))).tables).toEqual([]);
});
