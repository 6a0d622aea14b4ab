import { formatLine, parseRun } from '@ws-arena/results/run-file';
import { test } from 'vitest';
import { renderCsv } from './csv.ts';
import { renderHtml } from './html/render-html.ts';
import { renderMarkdown } from './markdown.ts';
import { summarize } from './summarize.ts';
import { renderTerminal } from './terminal.ts';
import { sampleRun } from './testdata/sample-run.ts';

const large = sampleRun({ blocks: 98 });
const lines = [large.header, ...large.trials, ...large.slices.slice(0, 10_000)].map((line) =>
  formatLine(line),
);
const text = lines.join('');

test('the reports of a large run', async ({ bench }) => {
  await bench(
    `a run file of 10,000 slices, ${(text.length / 1e6).toFixed(1)} MB, read, summarised and rendered`,
    () => {
      const report = summarize(parseRun(text));
      renderMarkdown(report);
      renderCsv(report);
      renderHtml(report);
      renderTerminal(report, { columns: 80, color: true });
    },
  ).run({ iterations: 3, warmupIterations: 0, time: 0, warmupTime: 0 });
});
