import type { Report } from '@ws-arena/results/report-file';
import { alignColumns, fittingColumns, paint, type Span, type Style, wrap } from './terminal-text.ts';
import { reportView } from './view/report-view.ts';
import type { Row, Section, Table, Text, Tone, View } from './view/view.ts';

/** How the summary is drawn. */
export interface TerminalOptions {
  /** Width; more than `MAX_COLUMNS` is not used. */
  readonly columns: number;
  /** ANSI colours; off for NO_COLOR and where there is no terminal. */
  readonly color: boolean;
}

const MAX_COLUMNS = 80;

/** The summary of a run for a terminal, within 80 columns. The answer comes last, where it stays in sight. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const view = reportView(report);
  const isLast = ({ id }: Section) => id === 'answer' || id === 'problems';
  const sections = [...view.sections.filter((one) => !isLast(one)), ...view.sections.filter(isLast)];
  return printTerminal({ ...view, sections }, options);
}

/** The brief sections of a view; everything else is in the other reports. */
export function printTerminal(view: View, options: TerminalOptions): string {
  const columns = Math.max(40, Math.min(MAX_COLUMNS, options.columns || MAX_COLUMNS));
  return new Printer(columns, options.color).view(view);
}

const styles: Readonly<Partial<Record<Tone, Style>>> = {
  best: 'green',
  better: 'green',
  worse: 'red',
  broken: 'red',
  undecided: 'dim',
  unranked: 'yellow',
  none: 'dim',
};

/** A cell with its detail, and what would measure it. */
function wholeText({ text, detail, command }: Text): string {
  return [detail ? `${text}, ${detail}` : text, command].filter(Boolean).join(': ');
}

class Printer {
  readonly #columns: number;
  readonly #color: boolean;

  constructor(columns: number, color: boolean) {
    this.#columns = columns;
    this.#color = color;
  }

  view({ title, about, banner, found, sections }: View): string {
    const blocks = [
      ...(found.length > 0 ? [found.flatMap((line) => this.#wrapped(line, '* ', 'bold'))] : []),
      [
        ...this.#wrapped(title, '', 'bold'),
        ...this.#wrapped(about, '', 'dim'),
        ...(banner === null || found.length > 0 ? [] : this.#wrapped(banner, '! ', 'yellow')),
      ],
      ...sections.filter(({ brief }) => brief).flatMap((section) => this.#section(section)),
    ];
    return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  }

  #section({ title, paragraphs, tables, list }: Section): string[][] {
    const items = list.flatMap((item) => this.#wrapped(item, '- ', 'dim'));
    return [
      [
        ...this.#wrapped(title.toUpperCase(), '', 'bold'),
        ...paragraphs.flatMap((text) => this.#wrapped(text, '', 'dim')),
        ...(tables.length === 0 ? items : []),
      ],
      ...tables.map((table) => this.#table(table)),
      ...(tables.length > 0 && items.length > 0 ? [items] : []),
    ];
  }

  #table(table: Table): string[] {
    return [
      ...this.#wrapped(table.title, '', 'bold'),
      ...(table.narrow === 'lines'
        ? this.#lines(table)
        : table.narrow === 'rows'
          ? this.#rows(table)
          : this.#aligned(table)),
      ...(table.remarks ?? [])
        .filter(({ grave }) => grave)
        .flatMap(({ about, text }) => this.#wrapped(`${about}: ${text}`, '  ! ', 'yellow')),
    ];
  }

  #aligned({ corner, columns, rows, narrow }: Table): string[] {
    const head = [corner, ...columns.map(({ title }) => title)].map((text) => this.#span(text, 'dim'));
    const body = rows.map((row) => [
      this.#head(row),
      ...row.cells.map((cell, i) => this.#cell(cell, columns[i]?.lead)),
    ]);
    const parts = fittingColumns([head, ...body], this.#columns - 2);
    return (narrow === 'split' ? parts : parts.slice(0, 1)).flatMap((part) =>
      alignColumns(part, this.#color).map((line) => `  ${line}`),
    );
  }

  /** A table with long texts as a line of each row. */
  #rows({ rows }: Table): string[] {
    return rows.flatMap(({ head, detail, cells }) => {
      const text = cells.filter((cell) => cell.text !== '–').map(wholeText);
      return wrap(
        `${[head, detail].filter(Boolean).join(', ')}: ${text.join(' · ')}`,
        this.#columns,
        '  ',
        '      ',
      );
    });
  }

  /** A table with many columns as a line of each: the rows that have a place first, in its order. */
  #lines({ columns, rows }: Table): string[] {
    return columns.flatMap(({ title }, i) => {
      const ranked = rows
        .map((row) => ({ row, cell: row.cells[i]! }))
        .filter(({ cell }) => cell.tone !== 'none')
        .sort((a, b) => (b.cell.bar?.share ?? 0) - (a.cell.bar?.share ?? 0));
      const text = ranked.map(({ row, cell }) =>
        [row.head, cell.text, cell.detail].filter(Boolean).join(' '),
      );
      return wrap(`${title}: ${text.join(' · ')}`, this.#columns, '  ', '      ');
    });
  }

  #head({ head, marked }: Row): Span {
    return this.#span(`${head}${marked ? ' !' : ''}`);
  }

  #cell({ text, spread, detail, tone }: Text, lead?: boolean): Span {
    const whole = lead ? [text, spread, detail].filter(Boolean).join(' ') : text;
    return this.#span(whole, tone && styles[tone]);
  }

  #span(text: string, style?: Style): Span {
    return { text, ...(style && { style }) };
  }

  #wrapped(text: string, first: string, style: Style): string[] {
    const rest = first === '' ? '' : ' '.repeat(first.length);
    return wrap(text, this.#columns, first, rest).map((line) => paint({ text: line, style }, this.#color));
  }
}
