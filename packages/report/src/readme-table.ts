import type { Need, Report } from '@ws-arena/results/report-file';
import { describeParams } from './case-tables.ts';
import { markdownTable } from './markdown-table.ts';
import { placeText } from './verdict-text.ts';

/** The lines between which the table stands in README.md; both stay. */
export const README_BEGIN = '<!-- results: made by `pnpm bench readme` from a committed run, do not edit -->';
export const README_END = '<!-- /results -->';

/** Libraries × needs, with the ratio to the best, and what each figure was taken from. Empty without any need. */
export function needsTable({ needs, targets }: Report): string[] {
  if (needs.length === 0) return [];
  const names = targets.filter((target) => needs.some((need) => placeOf(need, target.name) !== '–'));
  const body = names.map(({ name }) => [name, ...needs.map((need) => placeOf(need, name))]);
  const sources = needs.map((need) => `${need.title}: ${sourceOf(need)}`).join('; ');
  return [markdownTable(['', ...needs.map((need) => need.title)], body), `Taken from: ${sources}.`];
}

function placeOf(need: Need, target: string): string {
  const row = need.rows.find((one) => one.target === target);
  if (!row) return '–';
  const text = placeText(row, need.unit);
  return row.place === 'best' ? `**${text}**` : text;
}

function sourceOf({ scenario, route, params }: Need): string {
  if (scenario === null) return 'the RFC table of the contract suite';
  return `${scenario}, ${route}, ${describeParams(params)}`;
}

/** The result table of README.md, with its markers. */
export function renderReadmeTable(report: Report): string {
  const { environment, preset, rounds, startedAt } = report;
  const made = `Preset \`${preset}\`, ${rounds} rounds, ${startedAt.slice(0, 10)}, ${environment.cpuModel}, ${environment.cores} cores, Node.js ${environment.node}. A tie is within a tenth of the best, by the whole 95 % interval; “?” means that a difference was not shown, nor that there is none.`;
  return [README_BEGIN, ...needsTable(report), made, README_END].join('\n\n');
}

/**
 * `text` with the table between the markers replaced; a README is stale when this changes it.
 * @throws Error when the markers do not both stand in the text, in order.
 */
export function replaceReadmeTable(text: string, report: Report): string {
  const begin = text.indexOf(README_BEGIN);
  const end = text.indexOf(README_END, begin);
  if (begin < 0 || end < 0) {
    throw new Error(
      `the README has no place for the result table: it needs the lines ${README_BEGIN} and ${README_END}`,
    );
  }
  return text.slice(0, begin) + renderReadmeTable(report) + text.slice(end + README_END.length);
}
