import type { Warning } from '@ws-arena/load/warning';
import type { Cell, Comparison, Report } from '@ws-arena/results/report-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import type { MetricName } from './metrics.ts';
import { groupKey } from './rounds.ts';

/** One target's line in the table of a case. */
export interface CaseRow {
  readonly target: string;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly comparisons: ReadonlyMap<string, Comparison>;
}

/** All targets in one scenario, route and set of parameters. */
export interface CaseTable {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
  /** The figures that some target has, most telling first. */
  readonly metrics: readonly string[];
  readonly rows: readonly CaseRow[];
  /** The doubts about the figures in the table, each once. */
  readonly doubts: readonly (Warning & { readonly target: string })[];
}

/** The figures that stand in the tables of a scenario, the most telling first; all others stand in the CSV only. */
export const headlines: Readonly<Record<Scenario, readonly MetricName[]>> = {
  echo: ['messagesPerSec', 'cpuPerMessageServer', 'cpuPerMessageProxy', 'cpuPerMessageGenerator'],
  latency: ['p99', 'p50', 'p999', 'max', 'p99Actual'],
  slo: ['sloRatePerSec', 'sloConnections'],
  broadcast: ['deliveriesPerSec', 'lastMemberP99', 'cpuPerDeliveryServer'],
  connect: ['handshakesPerSec', 'handshakeP99', 'cpuPerHandshakeServer', 'cpuPerHandshakeProxy'],
  hold: ['bytesPerConnection', 'bytesPerConnectionProxy', 'cpuPerConnectionSecServer', 'unexpectedCloses'],
  deflate: ['messagesPerSec', 'wireRatio', 'cpuPerMessageServer', 'bytesPerConnection'],
  limit: ['largestMessage'],
  http: ['requestsPerSec', 'requestP99', 'p99', 'failedRequests'],
};

/** The cells of a report as tables, in the order of the run. */
export function caseTables(report: Report): CaseTable[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of report.cells) {
    const key = groupKey(cell);
    const known = groups.get(key);
    if (known) known.push(cell);
    else groups.set(key, [cell]);
  }
  const comparisons = new Map<string, Comparison[]>();
  for (const one of report.comparisons) {
    const key = `${groupKey(one)} ${one.target}`;
    const known = comparisons.get(key);
    if (known) known.push(one);
    else comparisons.set(key, [one]);
  }
  return [...groups].map(([key, cells]) => {
    const { scenario, route, params } = cells[0]!;
    const present = new Set(cells.map((cell) => cell.metric));
    const targets = [...new Set(cells.map((cell) => cell.target))];
    const rows = targets.map((target) => ({
      target,
      cells: new Map(cells.filter((cell) => cell.target === target).map((cell) => [cell.metric, cell])),
      comparisons: new Map((comparisons.get(`${key} ${target}`) ?? []).map((one) => [one.metric, one])),
    }));
    const metrics = headlines[scenario].filter((metric) => present.has(metric));
    const shown = cells.filter((cell) => metrics.some((metric) => metric === cell.metric));
    return { scenario, route, params, metrics, rows, doubts: doubtsOf(shown) };
  });
}

/** Parameters as a reader wants them: `connections 100, window 16`. */
export function describeParams(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function doubtsOf(cells: readonly Cell[]): (Warning & { target: string })[] {
  const seen = new Map<string, Warning & { target: string }>();
  for (const { target, warnings } of cells) {
    for (const { kind, detail } of warnings)
      seen.set(`${target} ${kind} ${detail}`, { target, kind, detail });
  }
  return [...seen.values()];
}
