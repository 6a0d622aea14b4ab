import type { Report } from '@ws-arena/results/report-file';
import { tableText } from './markdown.ts';
import { escapeMarkdown } from './markdown-table.ts';
import { decisionsTable } from './view/decisions.ts';
import { needsTable, resolutionText, sourceText } from './view/needs-table.ts';
import { wordsText } from './view/words.ts';

/** The lines between which the table stands in README.md; both stay. */
export const README_BEGIN = '<!-- results: made by `pnpm bench readme` from a committed run, do not edit -->';
export const README_END = '<!-- /results -->';

/** How much of the result a document shows: the answers to the questions, or every need, too. */
export type ReadmeExtent = 'questions' | 'needs';

/** The result tables of a document, with their markers. */
export function renderReadmeTable(report: Report, extent: ReadmeExtent): string {
  const { environment: e, command, measured, startedAt, needs, banner } = report;
  const made = `Made by ${command}: ${measured.slices.toLocaleString('en-US')} slices, ${startedAt.slice(0, 10)}, ${e.cpuModel}, ${e.cores} cores, Node.js ${e.node}.`;
  const paragraphs = [
    made,
    ...(banner === null ? [] : [banner]),
    ...resolutionText(report),
    wordsText(report),
  ];
  const sources = needs.map((need) => `- ${escapeMarkdown(`${need.title}: ${sourceText(need)}`)}`).join('\n');
  return [
    README_BEGIN,
    ...tableText(decisionsTable(report)),
    ...(extent === 'needs' ? tableText({ ...needsTable(report), remarks: [] }) : []),
    escapeMarkdown((extent === 'needs' ? paragraphs : paragraphs.slice(0, -1)).join(' ')),
    ...(extent === 'needs' ? [sources] : []),
    README_END,
  ].join('\n\n');
}

/**
 * `text` with the table between the markers replaced; a README is stale when this changes it.
 * @throws Error when the markers do not both stand in the text, in order.
 */
export function replaceReadmeTable(text: string, report: Report, extent: ReadmeExtent): string {
  const begin = text.indexOf(README_BEGIN);
  const end = text.indexOf(README_END, begin);
  if (begin < 0 || end < 0) {
    throw new Error(
      `the README has no place for the result table: it needs the lines ${README_BEGIN} and ${README_END}`,
    );
  }
  return text.slice(0, begin) + renderReadmeTable(report, extent) + text.slice(end + README_END.length);
}
