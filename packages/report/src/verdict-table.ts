import type { Comparison, Report, Verdict } from '@ws-arena/results/report-file';
import { cellKey } from './compare.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { metricTitle } from './metrics.ts';
import { caseText } from './view/labels.ts';
import { scaled } from './view/scale.ts';

/** What a run may fail on: figures that are worse, those that nothing could be said of, and targets or cases without any. */
export const verdictReasons = ['worse', 'undecided', 'missing'] as const;
export type VerdictReason = (typeof verdictReasons)[number];

const marks: Readonly<Record<Verdict, string>> = {
  better: '🟢 better',
  worse: '🔴 worse',
  equal: '~ equal',
  undecided: '? undecided',
};

/** How many comparisons of `target` with the baseline came out in each way; `missing` also counts a run without any. */
export function verdictCounts(report: Report, target: string): Readonly<Record<VerdictReason, number>> {
  const found = report.comparisons.filter((one) => one.target === target);
  const count = (verdict: Verdict) => found.filter((one) => one.verdict === verdict).length;
  const failed = report.problems.length + (found.length === 0 ? 1 : 0);
  return { worse: count('worse'), undecided: count('undecided'), missing: failed };
}

/** The comparisons of `target` with the baseline, block by block, as a Markdown table; what failed stands below it. */
export function verdictTable(report: Report, target: string): string {
  const rows = report.comparisons.filter((one) => one.target === target).map((one) => row(report, one));
  const head = ['case', 'figure', 'base', 'this', 'ratio', ''];
  const table = rows.length > 0 ? markdownTable(head, rows) : 'Nothing was compared.';
  const problems = report.problems.map((problem) => `- ${escapeMarkdown(problem)}`);
  return [table, ...(problems.length > 0 ? ['', ...problems] : []), ''].join('\n');
}

function row(report: Report, one: Comparison): string[] {
  const { ratio, verdict, reason } = one;
  const interval = ratio.lo === null || ratio.hi === null ? '' : ` (${fixed(ratio.lo)} – ${fixed(ratio.hi)})`;
  return [
    escapeMarkdown(caseText(one)),
    metricTitle(one.metric, one.scenario),
    figure(report, one, one.baseline),
    figure(report, one, one.target),
    `${fixed(ratio.center)}${interval}`,
    `${marks[verdict]}${reason === undefined ? '' : `: ${escapeMarkdown(reason)}`}`,
  ];
}

function figure(report: Report, one: Comparison, target: string): string {
  const cell = report.cells.find((other) => other.target === target && cellKey(other) === cellKey(one));
  return cell ? scaled(cell.estimate.center, cell.unit) : '–';
}

const fixed = (ratio: number) => ratio.toFixed(3);
