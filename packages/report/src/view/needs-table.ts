import type { Need, Report } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { figureId } from './case-tables.ts';
import { decisionsTable } from './decisions.ts';
import { caseText } from './labels.ts';
import { times } from './scale.ts';
import { placeText } from './verdict-text.ts';
import type { Remark, Section, Table } from './view.ts';
import { wordsText } from './words.ts';

/** The answer: every target's place in every need. */
export function answerSection(report: Report): Section {
  const { needs, notes } = report;
  return {
    id: 'answer',
    title: 'What is best for what',
    brief: true,
    paragraphs: [...notes, ...resolutionText(report), ...(needs.length > 0 ? [wordsText(report)] : [])],
    tables: needs.length > 0 ? [decisionsTable(report), needsTable(report)] : [],
    list: needs.map((need) => `${need.title}: ${sourceText(need)}`),
  };
}

/** Libraries × needs; a target without a figure in any need is left out, its absence is a note. */
export function needsTable({ needs, targets, cells }: Report): Table {
  const byPlace = new Map(cells.map((cell) => [`${cell.target} ${cell.metric} ${groupKey(cell)}`, cell]));
  const link = ({ scenario, route, params, metric }: Need, target: string) => {
    if (!scenario || !route) return { link: 'conformance' };
    const cell = byPlace.get(`${target} ${metric} ${groupKey({ scenario, route, params })}`);
    return { link: cell ? figureId(cell) : 'load' };
  };
  const placed = targets.filter(({ name }) =>
    needs.some(({ rows }) => rows.some((row) => row.target === name && row.estimate)),
  );
  return {
    id: 'needs',
    title: 'Libraries by needs',
    corner: 'library',
    narrow: 'lines',
    columns: needs.map((need) => ({
      title: need.title,
      need: need.id,
      unit: need.unit,
      about: sourceText(need),
      lead: true,
    })),
    rows: placed.map(({ name, library, version }) => ({
      head: name,
      target: name,
      detail: `${library} ${version}`,
      cells: needs.map((need) => {
        const row = need.rows.find(({ target }) => target === name);
        if (!row) return { text: '–', tone: 'none' };
        return { ...placeText(row, need.unit, need.metric), ...(row.estimate && link(need, name)) };
      }),
    })),
    remarks: needs.flatMap(whyNotPlaced),
  };
}

/** The case that a need was taken from, and the smallest difference that it could show. */
export function sourceText({ scenario, route, params, resolution, metric, note }: Need): string {
  const from =
    scenario && route ? caseText({ scenario, route, params }) : 'the RFC table of the contract suite';
  const kept = metric === 'capacity' ? ' (p99 within its bound, nothing lost)' : '';
  const shows = resolution === null ? '' : `; any difference of ${resolved(resolution)} or more would show`;
  return `${from}${kept}${shows}.${note ? ` ${note}` : ''}`;
}

/** What the run could resolve, in one sentence; empty where it is ranked by no cost. */
export function resolutionText({ resolution }: Pick<Report, 'resolution'>): string[] {
  if (resolution === null) return [];
  return [
    `In its least precise CPU comparison, this run shows any difference of ${resolved(resolution)} or more.`,
  ];
}

/** Rounded up: a smaller difference than it says is not promised. */
function resolved(resolution: number): string {
  if (resolution >= 1) return times(1 + resolution);
  const steps = resolution < 0.1 ? 1000 : 100;
  return `${Number(((Math.ceil(resolution * steps - 1e-9) / steps) * 100).toFixed(1))} %`;
}

function whyNotPlaced({ title, rows }: Need): Remark[] {
  const open = rows.filter(({ reason, estimate }) => reason !== undefined && estimate);
  return [...Map.groupBy(open, ({ reason }) => reason!)].map(([reason, own]) => ({
    about: `${title}, ${own.map(({ target }) => target).join(', ')}`,
    text: reason,
    grave: false,
  }));
}
