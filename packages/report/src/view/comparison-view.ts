import type { Finding } from '@ws-arena/results/report-file';
import type { RunCellComparison, RunComparison } from '../compare-runs.ts';
import { metricTitle } from '../metrics.ts';
import { caseText, count } from './labels.ts';
import { scaled } from './scale.ts';
import { capacityText, pText, ratioText, verdictText } from './verdict-text.ts';
import { type Row, type Section, section, type Table, type Text, type View } from './view.ts';

const SHOWN_CASES = 5;

/** Two runs beside each other, as the printers show it: what changed, and what could not be decided. */
export function comparisonView(comparison: RunComparison): View {
  const { a, b, cells, differences, counts } = comparison;
  const of = (...verdicts: Finding['verdict'][]) => cells.filter(({ verdict }) => verdicts.includes(verdict));
  const changed = of('better', 'worse');
  const undecided = of('undecided');
  const banners = [
    ...(a.banner === null ? [] : [`Run A: ${a.banner}`]),
    ...(b.banner === null ? [] : [`Run B: ${b.banner}`]),
    ...(differences.length === 0
      ? []
      : ['The environments differ, so each verdict includes their differences.']),
  ];
  const sections: Section[] = [
    brief('changed', 'What changed', changed.length > 0 ? [howToRead(cells)] : [], tablesOf(changed)),
    brief('undecided', 'What could not be decided', whyUndecided(undecided)),
    brief('missing', 'Not in both runs', [
      ...only(comparison.onlyInA, 'A'),
      ...only(comparison.onlyInB, 'B'),
    ]),
    brief(
      'differences',
      'What differs between the runs',
      [],
      differences.length > 0 ? [differencesTable(comparison)] : [],
    ),
    section({ id: 'open', title: 'Undecided figures', tables: tablesOf(undecided) }),
  ];
  return {
    title: `${counts.better} better, ${counts.worse} worse, ${counts.equal} equal, ${counts.undecided} undecided, of ${count(cells.length, 'figure')}`,
    about: `A is ${a.command} of ${a.startedAt}, B is ${b.command} of ${b.startedAt}; a ratio is B ÷ A.`,
    found: [],
    banner: banners.length > 0 ? banners.join(' ') : null,
    sections: sections.filter(({ paragraphs, tables }) => paragraphs.length + tables.length > 0),
  };
}

function brief(
  id: string,
  title: string,
  paragraphs: readonly string[],
  tables: readonly Table[] = [],
): Section {
  return section({ id, title, brief: true, paragraphs, tables });
}

function howToRead(cells: readonly RunCellComparison[]): string {
  const baseline = cells.find(({ against }) => against)?.against?.baseline;
  const drift = 'a change there may be that of the machine';
  return baseline === undefined
    ? 'The figures themselves are compared, so the state of the machine affects every verdict.'
    : `Each run’s ratio to ${baseline} is compared: slices of both targets took turns, so the state of the machine cancels. ${baseline} is compared by its own figures, and ${drift}.`;
}

/** A table for each case, in the order of the run. */
function tablesOf(cells: readonly RunCellComparison[]): Table[] {
  return [...Map.groupBy(cells, caseText)].map(([title, own]) => ({
    title,
    corner: 'target',
    columns: ['figure', 'A', 'B', 'B ÷ A', 'verdict'].map((column) => ({ title: column })),
    rows: own.map(row),
  }));
}

function row(cell: RunCellComparison): Row {
  const { target, metric, scenario, ratio, against, reason, p } = cell;
  const side = (of: 'a' | 'b'): Text => ({
    text: metric === 'capacity' ? capacityText(cell[of]) : scaled(cell[of].center, cell.unit),
    ...(against && { detail: `${three(against[of])} × ${against.baseline}` }),
  });
  const interval = ratioText(ratio);
  return {
    head: target,
    target,
    cells: [
      { text: metric === 'capacity' ? 'highest rate kept' : metricTitle(metric, scenario) },
      side('a'),
      side('b'),
      { text: three(ratio.center), ...(interval && { detail: interval }) },
      { ...verdictText(cell), detail: reason ?? (metric === 'capacity' ? '' : pText(p)) },
    ],
  };
}

function whyUndecided(cells: readonly RunCellComparison[]): string[] {
  const wide = 'their intervals are too wide to show a difference or equality';
  return [...Map.groupBy(cells, ({ reason = wide }) => reason)].map(
    ([reason, own]) => `${count(own.length, 'figure')} undecided: ${reason}.`,
  );
}

function differencesTable({ differences }: RunComparison): Table {
  return {
    title: 'Differences',
    corner: '',
    columns: [{ title: 'A' }, { title: 'B' }],
    rows: differences.map(({ name, a, b }) => ({
      head: name,
      cells: [{ text: a ?? '–' }, { text: b ?? '–' }],
    })),
  };
}

function only(names: readonly string[], run: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > SHOWN_CASES ? `; and ${names.length - SHOWN_CASES} more` : '';
  return [`Only in ${run}: ${names.slice(0, SHOWN_CASES).join('; ')}${more}.`];
}

function three(value: number): string {
  return String(Number(value.toPrecision(3)));
}
