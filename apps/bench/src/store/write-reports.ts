import { renderCsv } from '@ws-arena/report/csv';
import { renderHtml } from '@ws-arena/report/html/render-html';
import { renderMarkdown } from '@ws-arena/report/markdown';
import { summarize } from '@ws-arena/report/summarize';
import type { Report } from '@ws-arena/results/report-file';
import type { RunFolder } from './run-folder.ts';

/**
 * Makes every report from what `run.jsonl` holds.
 * @throws RunFileError when it cannot be read as a run.
 */
export function writeReports(folder: RunFolder, baseline?: string): Report {
  const report = summarize(folder.read(), baseline === undefined ? {} : { baseline });
  folder.write('report.json', `${JSON.stringify(report, null, 1)}\n`);
  folder.write('report.md', renderMarkdown(report));
  folder.write('report.csv', renderCsv(report));
  folder.write('report.html', renderHtml(report));
  return report;
}
