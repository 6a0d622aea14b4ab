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

/**
 * Lines of columns that are as wide as their widest text, two blanks apart; the last columns are left out where a line
 * would be longer than `columns`.
 */
export function alignColumns(rows: readonly (readonly Span[])[], columns: number, color: boolean): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.text.length ?? 0)),
  );
  let used = 0;
  const fitting = widths.filter((width, i) => {
    used += width + (i > 0 ? 2 : 0);
    return used <= columns;
  }).length;
  return rows.map((row) => {
    const cells = row
      .slice(0, fitting)
      .map((span, i) => paint(span, color) + ' '.repeat(widths[i]! - span.text.length));
    return cells.join('  ').trimEnd();
  });
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
