import type { NeedRow, Report } from '@ws-arena/results/report-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { spread } from '../scale.ts';
import { behindText } from '../verdict-text.ts';
import { factsOf } from './facts.ts';
import { type ColumnId, columnIds, columns, count, intervalText } from './labels.ts';

/** One column of the first table: a need that was measured, the features, or a need that this run has no figure of. */
export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** A base unit of the report. */
  readonly unit: string;
  readonly metric: string;
  /** The case that the figures are of; undefined where there is none. */
  readonly source?: { readonly scenario: Scenario; readonly route: Route; readonly params: Params };
  /** Empty when it was not measured in this run. */
  readonly rows: readonly NeedRow[];
}

/** The columns in their order; a need that was not measured keeps its place. */
export function columnsOf(report: Report): Column[] {
  return columnIds.map((id) => {
    const { title } = columns[id];
    if (id === 'features') return { id, title, unit: '1', metric: '', rows: featureRows(report) };
    const need = report.needs.find((candidate) => candidate.id === id);
    if (!need) return { id, title, unit: '1', metric: '', rows: [] };
    const { unit, metric, rows, scenario, route, params } = need;
    return {
      id,
      title,
      unit,
      metric,
      rows,
      ...(scenario && route && { source: { scenario, route, params } }),
    };
  });
}

/** Features are counted, not measured: places without rounds and without an interval. */
function featureRows(report: Report): NeedRow[] {
  const counted = report.targets.map((target) => ({
    target: target.name,
    n: factsOf(target.name)?.features.length ?? 0,
  }));
  const most = Math.max(...counted.map(({ n }) => n), 0);
  const leaders = counted.filter(({ n }) => n === most).length;
  return counted.map(({ target, n }): NeedRow => {
    if (n === 0) {
      const reason = 'no facts were gathered of it';
      return { target, estimate: null, ratioToBest: null, place: 'missing', limiter: null, reason };
    }
    const place = n < most ? 'behind' : leaders > 1 ? 'tie' : 'best';
    const estimate = { center: n, lo: n, hi: n, n: 0 };
    return { target, estimate, ratioToBest: most / n, place, limiter: null };
  });
}

/** Who serves a need best in this run, and how sure that is. */
export interface Headline {
  readonly winners: readonly string[];
  /** Those that could not be told from the best: neither a difference was shown nor that there is none. */
  readonly perhaps: readonly string[];
  readonly kind: 'best' | 'tie' | 'undecided' | 'none';
  /** One sentence: the distance to the next, or why there is no verdict. */
  readonly margin: string;
  /** One sentence: rounds and interval. Empty for what is counted. */
  readonly sureness: string;
}

/** The one-line answer of a column. */
export function headline(column: Column): Headline {
  const { rows } = column;
  const leading = rows.filter((row) => row.place === 'best' || row.place === 'tie');
  if (leading.length === 0) return withoutVerdict(column);
  const best = leading.find((row) => row.place === 'best') ?? leading[0]!;
  const winners = [best, ...leading.filter((row) => row !== best)].map((row) => row.target);
  const kind = winners.length > 1 ? 'tie' : 'best';
  const perhaps = rows.filter((row) => row.place === 'undecided').map((row) => row.target);
  return { winners, perhaps, kind, margin: marginOf(rows, kind), sureness: surenessOf(column, best) };
}

function withoutVerdict(column: Column): Headline {
  const { rows } = column;
  const measured = rows.filter((row) => row.estimate !== null);
  if (measured.length === 0) {
    return { winners: [], perhaps: [], kind: 'none', margin: 'not measured in this run', sureness: '' };
  }
  const leader = measured.find((row) => row.ratioToBest === 1);
  const reason = measured.find((row) => row.reason !== undefined)?.reason;
  return {
    winners: leader ? [leader.target] : [],
    perhaps: [],
    kind: 'undecided',
    margin: reason ?? 'no verdict',
    sureness: leader ? surenessOf(column, leader) : '',
  };
}

function marginOf(rows: readonly NeedRow[], kind: 'best' | 'tie'): string {
  const behind = rows
    .filter((row) => row.place === 'behind' && row.ratioToBest !== null)
    .sort((a, b) => a.ratioToBest! - b.ratioToBest!);
  const next = behind[0];
  const bound = rows.filter((row) => row.place === 'unranked').map((row) => row.target);
  const rest = bound.length > 0 ? `; ${bound.join(', ')} not ranked` : '';
  if (!next) return (kind === 'tie' ? 'no difference to speak of' : 'nothing to compare with') + rest;
  return `${next.target} is ${behindText(next.ratioToBest!)}${rest}`;
}

function surenessOf(column: Column, { estimate }: NeedRow): string {
  if (!estimate || estimate.n === 0) return '';
  if (column.id === 'robustness') return count(estimate.n, 'rule');
  // Beyond the figure itself a share says nothing.
  const wide = estimate.hi > 2 * estimate.center;
  const width = wide ? intervalText(estimate.lo, estimate.hi, column.unit) : spread(estimate);
  return [count(estimate.n, 'round'), width].filter(Boolean).join(', ');
}
