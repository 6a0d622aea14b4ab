import type { Need } from '@ws-arena/results/report-file';
import { expect, test } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { found } from './found.ts';

const report = summarize(sampleRun());
const message = report.needs.find(({ id }) => id === 'message')!;
const linesOf = (change: (need: Need) => Need) => found({ ...report, needs: [change(message)] });

test('one that could not be told from the best is named with it', () => {
  const second = message.rows.findIndex(({ place }) => place === 'behind');
  const open = { ...message.rows[second]!, place: 'undecided' as const };
  const [best] = linesOf((need) => ({ ...need, rows: need.rows.with(second, open) }));
  expect(best).toMatch(new RegExp(`^Best: .*; perhaps also ${open.target}\\)`));
});

test('what was measured and not decided is not called unmeasured', () => {
  const [open] = linesOf((need) => ({
    ...need,
    rows: need.rows.map(({ reason: _, ...row }) =>
      row.estimate ? { ...row, place: 'undecided' as const } : row,
    ),
  }));
  expect(open).toContain('(no difference was shown)');
  const [none] = linesOf((need) => ({ ...need, rows: [] }));
  expect(none).toContain('(nothing was measured)');
});
