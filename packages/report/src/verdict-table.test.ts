import type { Comparison, Report, Verdict } from '@ws-arena/results/report-file';
import { expect, test } from 'vitest';
import { verdictCounts, verdictTable } from './verdict-table.ts';

const comparison = (verdict: Verdict): Comparison => ({
  scenario: 'echo',
  route: 'direct',
  params: { connections: 10 },
  metric: 'cpuPerMessage',
  baseline: 'mine-base',
  target: 'mine',
  ratio: { center: 1.25, lo: 1.2, hi: 1.3 },
  p: 0.001,
  verdict,
});

function report(verdicts: readonly Verdict[], problems: readonly string[] = []): Report {
  const comparisons = verdicts.map(comparison);
  return { comparisons, problems, cells: [] } as Partial<Report> as Report;
}

test('each comparison is a row, and what failed stands below', () => {
  const text = verdictTable(report(['worse'], ['mine did not start']), 'mine');
  expect(text).toContain('1.250 (1.200 – 1.300)');
  expect(text).toContain('🔴 worse');
  expect(text).toMatch(/\n- mine did not start\n$/);
});

test('verdicts are counted; nothing compared and what failed is missing', () => {
  const counts = verdictCounts(report(['worse', 'worse', 'equal', 'undecided', 'better']), 'mine');
  expect(counts).toEqual({ worse: 2, undecided: 1, missing: 0 });
  expect(verdictCounts(report(['worse']), 'other')).toEqual({ worse: 0, undecided: 0, missing: 1 });
  expect(verdictCounts(report(['equal'], ['one failed']), 'mine').missing).toBe(1);
});
