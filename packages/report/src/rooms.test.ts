import type { Run } from '@ws-arena/results/run-file';
import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { summarize } from './summarize.ts';
import { sampleRun } from './testdata/sample-run.ts';
import { caseText } from './view/labels.ts';

const REDIS_NS = 2000;

/** The made-up broadcast as rooms over three instances, with a Redis that takes its time for each delivery. */
function overRedis(): Run {
  const { header, slices, ...others } = sampleRun({ scenarios: ['broadcast'], targets: ['ws', 'uws'] });
  const params = { rooms: 10, members: 50, hz: 60, payloadBytes: 64, instances: 3, redis: 'yes' };
  const cases = header.cases.map((one) => ({ ...one, scenario: 'rooms' as const, params }));
  return {
    ...others,
    header: { ...header, cases },
    slices: slices.map((line) => ({
      ...line,
      usage: { ...line.usage!, redis: { cpuNs: line.load!.delivered * REDIS_NS, saturation: 0.1 } },
    })),
  };
}

test('rooms over Redis: what it costs stands beside the servers, and the case is told in words', () => {
  const report = summarize(overRedis());
  const costs = report.cells
    .filter(({ metric }) => metric === 'cpuRedis')
    .map(({ estimate }) => estimate.center);
  expect(costs).toEqual([REDIS_NS, REDIS_NS]);
  expect(caseText(report.cells[0]!)).toBe(
    'Rooms, direct, 10 rooms, 50 members, 60 Hz, payload 64 B, 3 instances, with Redis',
  );
  expect(renderMarkdown(report)).toMatch(
    /\| target +\| server CPU per delivery .*\| Redis CPU per delivery +\|/,
  );
});
