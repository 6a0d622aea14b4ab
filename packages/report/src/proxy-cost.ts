import type { Cell, ProxyCost, Report } from '@ws-arena/results/report-file';
import type { Params, Route, Scenario } from '@ws-arena/results/trial';
import { comparePairs } from './compare.ts';
import type { MetricName } from './metrics.ts';
import { groupKey } from './rounds.ts';

/** A figure through a proxy, and the one direct that it is held against. */
interface CostFigure {
  readonly metric: MetricName;
  readonly direct: MetricName;
}

const same = (metric: MetricName): CostFigure => ({ metric, direct: metric });
const perMessage: CostFigure = { metric: 'cpuPerMessageServing', direct: 'cpuPerMessageServer' };

/** What a proxy costs, the most telling first: CPU time and memory of server and proxy against those of the server. */
const figures: Readonly<Partial<Record<Scenario, readonly CostFigure[]>>> = {
  echo: [perMessage, same('messagesPerSec')],
  // Sends never wait for the server, so nothing is omitted; the time before them is the generator's own.
  latency: [perMessage, same('p50Actual'), same('p99Actual')],
  connect: [
    { metric: 'cpuPerHandshakeServing', direct: 'cpuPerHandshakeServer' },
    same('handshakesPerSec'),
    same('handshakeP50'),
    same('handshakeP99'),
  ],
  hold: [{ metric: 'bytesPerConnectionServing', direct: 'bytesPerConnection' }],
};

/** Every such figure through a proxy that has its like direct; a pair without a ratio is left out. */
export function proxyCostsOf(cells: readonly Cell[]): ProxyCost[] {
  const direct = new Map<string, Cell>();
  for (const cell of cells) if (cell.route === 'direct') direct.set(directKey(cell, cell.metric), cell);
  const pairs = cells.flatMap((proxied) => {
    const figure = figures[proxied.scenario]?.find(({ metric }) => metric === proxied.metric);
    if (!figure || proxied.route === 'direct' || isOffered(proxied)) return [];
    const base = direct.get(directKey(proxied, figure.direct));
    return base ? [{ base, proxied }] : [];
  });
  const findings = comparePairs(
    pairs.map(({ base, proxied }) => ({ baseline: withRoute(base), target: withRoute(proxied) })),
  );
  return pairs.flatMap(({ base, proxied }, index) => {
    const finding = findings[index];
    if (!finding) return [];
    const { scenario, target, route, params, metric, unit, better, estimate, limiter } = proxied;
    const sides = { direct: base.estimate, proxied: estimate, directLimiter: base.limiter, limiter };
    return [{ scenario, target, route, params, metric, unit, better, ...sides, ...finding }];
  });
}

/** At an offered rate, handshakes/s say what was offered. */
function isOffered({ metric, params }: Cell): boolean {
  return metric === 'handshakesPerSec' && params.ratePerSec !== undefined;
}

/** What a case has in common with the same one direct, where there is no TLS. */
function directKey({ scenario, target, params }: Cell, metric: string): string {
  const { tls: _tls, tlsReuse: _reuse, ...others } = params;
  return `${groupKey({ scenario, route: 'direct', params: others })} ${target} ${metric}`;
}

/** Both cells of a pair are of one target: a reason is to say which of the two it means. */
function withRoute(cell: Cell): Cell {
  return { ...cell, target: `${cell.target} ${cell.route}` };
}

/** The costs of one scenario as a table: a group for each route and set of parameters, a row for each target. */
export interface CostTable {
  readonly scenario: Scenario;
  /** The figures that some target has, the most telling first. */
  readonly metrics: readonly string[];
  readonly groups: readonly CostGroup[];
}

/** All targets through one route with one set of parameters. */
export interface CostGroup {
  readonly route: Route;
  readonly params: Params;
  readonly rows: readonly { readonly target: string; readonly costs: ReadonlyMap<string, ProxyCost> }[];
}

/** The costs of a report as tables, in the order of the run. */
export function costTables({ proxyCosts }: Pick<Report, 'proxyCosts'>): CostTable[] {
  const scenarios = [...new Set(proxyCosts.map((cost) => cost.scenario))];
  return scenarios.map((scenario) => {
    const own = proxyCosts.filter((cost) => cost.scenario === scenario);
    const present = new Set(own.map((cost) => cost.metric));
    const metrics = (figures[scenario] ?? []).map(({ metric }) => metric).filter((name) => present.has(name));
    return { scenario, metrics, groups: [...Map.groupBy(own, groupKey).values()].map(costGroup) };
  });
}

function costGroup(costs: readonly ProxyCost[]): CostGroup {
  const { route, params } = costs[0]!;
  const rows = [...Map.groupBy(costs, (cost) => cost.target)].map(([target, own]) => ({
    target,
    costs: new Map(own.map((cost) => [cost.metric, cost])),
  }));
  return { route, params, rows };
}

/** How the section is to be read. */
export function howToReadCosts({ environment }: Pick<Report, 'environment'>): string {
  return `Each figure direct → through the proxy, and the ratio of the two with its 95 % interval. CPU time and memory are those of server and proxy together, against those of the server alone. “~” means that no difference was shown, “?” that the rounds are too few for a test; a figure that the generator limited (≥), or was late for, has no ratio. Rates and times also depend on the cores that server and proxy had (${environment.pinning}), and CPU time on the batches that each limiter leaves.`;
}
