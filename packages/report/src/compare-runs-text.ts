import {
  caseName,
  type Difference,
  type RateDifference,
  type RunCellComparison,
  type RunComparison,
} from './compare-runs.ts';
import { markdownTable } from './markdown-table.ts';
import { metricNamed } from './metrics.ts';
import { scaled, scaledCenter } from './scale.ts';
import type { TerminalOptions } from './terminal.ts';
import { alignColumns, paint, type Span, wrap } from './text-table.ts';
import { pText, verdictText } from './verdict-text.ts';

const SHOWN_CASES = 5;

const NOT_INTERLEAVED =
  'The rounds of two runs are not interleaved: what the machine did otherwise in between looks like a change of the libraries.';

/** The comparison of two runs as Markdown, short enough for a pull request; what did not change is folded away. */
export function renderComparisonMarkdown(comparison: RunComparison): string {
  const { a, b, cells } = comparison;
  const changed = cells.filter((cell) => cell.verdict !== '~');
  const same = cells.filter((cell) => cell.verdict === '~');
  const paragraphs = [
    `### ${summary(comparison)}`,
    `A is \`${a.command}\` of ${a.startedAt}, B is \`${b.command}\` of ${b.startedAt}; a ratio is B ÷ A.`,
    ...differences(comparison.differences),
    NOT_INTERLEAVED,
    ...(changed.length > 0 ? [table(changed)] : []),
    ...(same.length > 0
      ? [`<details><summary>${same.length} without a difference</summary>`, table(same), '</details>']
      : []),
    ...missing(comparison),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** The comparison of two runs for a terminal, within 80 columns: what changed, and how many did not. */
export function renderComparisonTerminal(comparison: RunComparison, options: TerminalOptions): string {
  const columns = Math.max(40, Math.min(80, options.columns || 80));
  const paragraph = (text: string, style?: Span['style']) =>
    wrap(text, columns, '', '  ').map((line) =>
      paint({ text: line, ...(style && { style }) }, options.color),
    );
  const blocks = byCase(comparison.cells.filter((cell) => cell.verdict !== '~')).map(([name, cells]) => [
    ...paragraph(name),
    ...alignColumns(cells.map(spans), columns - 2, options.color).map((line) => `  ${line}`),
  ]);
  const doubts = [
    NOT_INTERLEAVED,
    ...(comparison.differences.length > 0 ? [differs(comparison.differences)] : []),
    ...missing(comparison),
    ...undecided(comparison.cells),
  ];
  return [
    paragraph(summary(comparison), 'bold'),
    ...blocks,
    ...doubts.map((text) => paragraph(text, 'yellow')),
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** One sentence: how many figures are better, worse or the same in B. */
export function summary({ cells }: RunComparison): string {
  const count = (verdict: RunCellComparison['verdict']) =>
    cells.filter((cell) => cell.verdict === verdict).length;
  return `${count('better')} better, ${count('worse')} worse, ${count('~')} without a difference, of ${cells.length} figures compared`;
}

function table(cells: readonly RunCellComparison[]): string {
  const body = cells.map((cell) => [
    caseName(cell),
    titleOf(cell),
    scaledCenter({ ...cell, estimate: cell.a, limiter: cell.limiterA }),
    scaledCenter({ ...cell, estimate: cell.b, limiter: cell.limiterB }),
    `${three(cell.ratio.center)} [${three(cell.ratio.lo)}, ${three(cell.ratio.hi)}]`,
    cell.reason ? `~ ${cell.reason}` : `${verdictText(cell)} (${pText(cell.p)})`,
  ]);
  return markdownTable(['case', 'figure', 'A', 'B', 'B ÷ A', 'verdict'], body);
}

function spans(cell: RunCellComparison): Span[] {
  return [
    { text: titleOf(cell) },
    { text: scaledCenter({ ...cell, estimate: cell.a, limiter: cell.limiterA }) },
    { text: `→ ${scaledCenter({ ...cell, estimate: cell.b, limiter: cell.limiterB })}` },
    { text: verdictText(cell), style: cell.verdict === 'better' ? 'green' : 'red' },
  ];
}

function titleOf({ metric }: RunCellComparison): string {
  return metricNamed(metric)?.title ?? metric;
}

function three(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function byCase(cells: readonly RunCellComparison[]): [string, RunCellComparison[]][] {
  const groups = new Map<string, RunCellComparison[]>();
  for (const cell of cells) groups.set(caseName(cell), [...(groups.get(caseName(cell)) ?? []), cell]);
  return [...groups];
}

function differs(list: readonly Difference[]): string {
  const parts = list.map(({ name, a, b }) => `${name} ${a ?? 'unknown'} → ${b ?? 'unknown'}`);
  return `The environments differ, so a verdict is about these too: ${parts.join('; ')}.`;
}

function differences(list: readonly Difference[]): string[] {
  if (list.length === 0) return ['Both ran in the same environment.'];
  const body = list.map(({ name, a, b }) => [name, a ?? '–', b ?? '–']);
  return ['The environments differ, so a verdict is about these too:', markdownTable(['', 'A', 'B'], body)];
}

function missing({ onlyInA, onlyInB, otherRates }: RunComparison): string[] {
  const sentence = (names: readonly string[], run: string) => {
    const more = names.length > SHOWN_CASES ? `; and ${names.length - SHOWN_CASES} more` : '';
    return names.length === 0 ? [] : [`Only in ${run}: ${names.slice(0, SHOWN_CASES).join('; ')}${more}.`];
  };
  return [...rates(otherRates), ...sentence(onlyInA, 'A'), ...sentence(onlyInB, 'B')];
}

function rates(list: readonly RateDifference[]): string[] {
  if (list.length === 0) return [];
  const parts = list.map(({ name, a, b }) => `${name}: ${scaled(a, '1/s')} in A, ${scaled(b, '1/s')} in B`);
  return [
    `Each run calibrated its own rates, and at different rates nothing can be compared: ${parts.join('; ')}. For latency, give both runs the same --rates.`,
  ];
}

function undecided(cells: readonly RunCellComparison[]): string[] {
  const reasons = new Map<string, number>();
  for (const { reason } of cells) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons].map(([reason, times]) => `${times} of the figures cannot be decided: ${reason}.`);
}
