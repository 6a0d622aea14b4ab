import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Text with an optional style; its width is that of the text alone. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** Colours the span when `color` is on, whatever the process's own terminal is. */
export function paint({ text, style }: Span, color: boolean): string {
  return color && style && text !== '' ? styleText(style, text, { validateStream: false }) : text;
}

/** The rows in parts whose columns fit into `width`; each part begins with the first column. */
export function fittingColumns(rows: readonly (readonly Span[])[], width: number): Span[][][] {
  const widths = columnWidths(rows);
  const parts: number[][] = [[0]];
  let used = widths[0] ?? 0;
  for (let i = 1; i < widths.length; i += 1) {
    used += widths[i]! + 2;
    if (used > width && parts.at(-1)!.length > 1) {
      parts.push([0]);
      used = widths[0]! + widths[i]! + 2;
    }
    parts.at(-1)!.push(i);
  }
  return parts.map((part) => rows.map((row) => part.map((i) => row[i] ?? { text: '' })));
}

/** Lines of columns that are as wide as their widest text, two blanks apart. */
export function alignColumns(rows: readonly (readonly Span[])[], color: boolean): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((span, i) => paint(span, color) + ' '.repeat(widths[i]! - span.text.length))
      .join('  ')
      .trimEnd(),
  );
}

function columnWidths(rows: readonly (readonly Span[])[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => row[i]?.text.length ?? 0)));
}

/** `text` in lines of at most `columns`, broken between words; the first line begins with `first`, the others with `rest`. */
export function wrap(text: string, columns: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
