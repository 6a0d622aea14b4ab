import type { Warning, WarningKind } from '@ws-arena/load/warning';
import type { Cell, Need, Report } from '@ws-arena/results/report-file';
import { type CaseTable, caseTables, describeParams } from './case-tables.ts';
import { metricNamed } from './metrics.ts';
import { type CostGroup, costTables } from './proxy-cost.ts';
import { scaled, scaledCenter, spread } from './scale.ts';
import { alignColumns, paint, type Span, wrap } from './text-table.ts';
import { costRatioText, placeText, verdictText } from './verdict-text.ts';

/** How the summary is drawn. */
export interface TerminalOptions {
  /** Width; more than `MAX_COLUMNS` is not used. */
  readonly columns: number;
  /** ANSI colours; off for NO_COLOR and where there is no terminal. */
  readonly color: boolean;
}

const MAX_COLUMNS = 80;

/** The summary of a run for a terminal, within 80 columns. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const columns = Math.max(40, Math.min(MAX_COLUMNS, options.columns || MAX_COLUMNS));
  const { color } = options;
  const blocks = [
    heading(report, columns, color),
    ...caseTables(report).map((table) => block(table, columns, color)),
    ...(report.needs.length > 0 ? [needs(report.needs, columns, color)] : []),
    proxyCosts(report, columns, color),
    remarks('note', [...marks(report), ...report.notes], columns, color),
    remarks('problem', report.problems, columns, color),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function marks({ cells, needs }: Report): string[] {
  const open = needs.some(({ rows }) => rows.some((row) => row.place === 'undecided'));
  return [
    ...(cells.some((cell) => cell.warnings.length > 0)
      ? ['! is a doubt that is stored with the figure; report.html and report.md spell it out.']
      : []),
    ...(open ? ['? means that no difference was shown, nor that there is none.'] : []),
  ];
}

function heading(
  { preset, rounds, environment, startedAt }: Report,
  columns: number,
  color: boolean,
): string[] {
  const { cpuModel, cores, kernel, node } = environment;
  return [
    paint(
      { text: `ws-arena, preset ${preset}, ${rounds} rounds, ${startedAt.slice(0, 16)}Z`, style: 'bold' },
      color,
    ),
    ...wrap(`${cpuModel}, ${cores} cores, ${kernel}, Node.js ${node}`, columns).map((text) =>
      paint({ text, style: 'dim' }, color),
    ),
  ];
}

function block(table: CaseTable, columns: number, color: boolean): string[] {
  const { scenario, route, params, metrics, rows, doubts } = table;
  const [first, ...others] = metrics;
  if (!first) return [];
  const title = `${scenario}, ${route}, ${describeParams(params)}`;
  const limited = rows.some((row) => row.cells.get(first)?.limiter);
  const baseline = rows.flatMap((row) => row.comparisons.get(first)?.baseline ?? [])[0];
  const head = [
    '',
    shortTitle(first),
    '',
    ...(baseline ? [`vs ${baseline}`] : []),
    ...(limited ? ['limiter'] : []),
    ...others.map(shortTitle),
  ];
  const lines = rows.map((row) => {
    const cell = row.cells.get(first);
    const comparison = row.comparisons.get(first);
    return [
      { text: `${row.target}${doubts.some((doubt) => doubt.target === row.target) ? ' !' : ''}` },
      { text: cell ? scaledCenter(cell) : '–', style: 'bold' as const },
      { text: cell ? spread(cell.estimate) : '', style: 'dim' as const },
      ...(baseline ? [comparison ? verdict(comparison) : { text: '' }] : []),
      ...(limited ? [{ text: cell?.limiter ?? '', ...warn(cell) }] : []),
      ...others.map((name) => ({ text: center(row.cells.get(name)) })),
    ];
  });
  const dim = head.map((text) => ({ text, style: 'dim' as const }));
  return [
    ...wrap(title, columns, '', '  ').map((text) => paint({ text, style: 'bold' }, color)),
    ...alignColumns([dim, ...lines], columns - 2, color).map((line) => `  ${line}`),
    ...doubts
      .filter(isGrave)
      .flatMap(({ target, kind, detail }) =>
        wrap(`${target}, ${kind}: ${detail}`, columns, '  ! ', '    ').map((text) =>
          paint({ text, style: 'yellow' }, color),
        ),
      ),
  ];
}

/** Doubts that a reader must not miss; the others are a mark here, and spelled out in the other reports. */
const grave: readonly WarningKind[] = [
  ...(['lost', 'duplicated', 'reordered', 'corrupted', 'connect-failed', 'closed-unexpectedly'] as const),
  ...(['wrong-extension', 'server-died', 'proxy-died'] as const),
];

function isGrave({ kind }: Warning): boolean {
  return grave.includes(kind);
}

function shortTitle(name: string): string {
  const metric = metricNamed(name);
  return metric?.short ?? metric?.title ?? name;
}

function verdict(comparison: Parameters<typeof verdictText>[0]): Span {
  const text = verdictText(comparison);
  if (comparison.verdict === '~') return { text, style: 'dim' };
  return { text, style: comparison.verdict === 'better' ? 'green' : 'red' };
}

function warn(cell: Cell | undefined): { style?: 'yellow' } {
  return cell?.limiter === 'generator' ? { style: 'yellow' } : {};
}

function center(cell: Cell | undefined): string {
  return cell ? scaled(cell.estimate.center, cell.unit) : '–';
}

function needs(all: readonly Need[], columns: number, color: boolean): string[] {
  const lines = all.flatMap((need) => {
    const ranked = need.rows
      .filter((row) => row.estimate)
      .sort((a, b) => (a.ratioToBest ?? 1) - (b.ratioToBest ?? 1));
    const text = ranked.map((row) => `${row.target} ${placeText(row, need.unit)}`).join(' · ');
    return wrap(`${need.title}: ${text}`, columns, '  ', '      ');
  });
  return [paint({ text: 'what is best for what', style: 'bold' }, color), ...lines];
}

/** The cost of a message and of a handshake, each in the first case of a route; the other reports have all. */
function proxyCosts(report: Report, columns: number, color: boolean): string[] {
  const tables = costTables(report).filter(({ scenario }) => scenario === 'echo' || scenario === 'connect');
  const lines = tables.flatMap(({ scenario, metrics, groups }) =>
    groups.filter(isFirstOfRoute).flatMap(({ route, params, rows }) => {
      const text = rows.flatMap(({ target, costs }) => {
        const cost = costs.get(metrics[0]!);
        return cost ? [`${target} ${costRatioText(cost)}`] : [];
      });
      const title = `${route}, ${scenario}, ${describeParams(params)}, ${shortTitle(metrics[0]!)}`;
      return wrap(`${title}: ${text.join(' · ')}`, columns, '  ', '      ');
    }),
  );
  if (lines.length === 0) return [];
  return [paint({ text: 'what the proxy costs, as a ratio to direct', style: 'bold' }, color), ...lines];
}

function isFirstOfRoute({ route }: CostGroup, index: number, groups: readonly CostGroup[]): boolean {
  return groups.findIndex((group) => group.route === route) === index;
}

function remarks(word: string, sentences: readonly string[], columns: number, color: boolean): string[] {
  return sentences.flatMap((sentence) =>
    wrap(sentence, columns, `${word}: `, '  ').map((text) => paint({ text, style: 'dim' }, color)),
  );
}
