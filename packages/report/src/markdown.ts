import type { Report } from '@ws-arena/results/report-file';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { reportView } from './view/report-view.ts';
import type { Remark, Row, Section, Table, Text, View } from './view/view.ts';

/** The report as Markdown: the answer first, then every case, then what it was made on. */
export function renderMarkdown(report: Report): string {
  return printMarkdown(reportView(report));
}

/** A view as Markdown; everything that comes from data is escaped. */
export function printMarkdown({ title, about, banner, found, sections }: View): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(about),
    ...bullets(found.map(escapeMarkdown)),
    ...(banner === null ? [] : [`> **${escapeMarkdown(banner)}**`]),
    ...sections.flatMap(sectionText),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionText({ title, paragraphs, tables, list }: Section): string[] {
  return [
    `## ${escapeMarkdown(title)}`,
    ...paragraphs.map(escapeMarkdown),
    ...tables.flatMap((one) => [
      ...(tables.length > 1 ? [`### ${escapeMarkdown(one.title)}`] : []),
      ...tableText(one),
    ]),
    ...bullets(list.map(escapeMarkdown)),
  ];
}

/** A table and the remarks on it. */
export function tableText({ corner, columns, rows, remarks = [], narrow }: Table): string[] {
  const head = [corner, ...columns.map(({ title, detail }) => (detail ? `${title} ${detail}` : title))];
  const body = rows.map((row) => [rowHead(row, narrow === 'rows'), ...row.cells.map(cellText)]);
  return [markdownTable(head.map(escapeMarkdown), body), ...bullets(remarks.map(remarkText))];
}

function rowHead({ head, detail, marked }: Row, isWhole: boolean): string {
  const whole = isWhole && detail ? `${head}: ${detail}` : head;
  return `${escapeMarkdown(whole)}${marked ? ' !' : ''}`;
}

function cellText({ text, spread, detail, tone, command }: Text): string {
  const value = spread ? `${text} ${spread}` : text;
  const more = command === undefined ? '' : `: \`${command}\``;
  const whole = `${escapeMarkdown(detail ? `${value}, ${detail}` : value)}${more}`;
  return tone === 'best' ? `**${whole}**` : whole;
}

function remarkText({ about, text }: Remark): string {
  return `**${escapeMarkdown(about)}**: ${escapeMarkdown(text)}`;
}

function bullets(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')];
}
