import type { Estimate, Limiter, ProxyCost, Report } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { metricHead } from '../metrics.ts';
import { proxyMetrics } from '../proxy-cost.ts';
import { caseText, facetsOf } from './labels.ts';
import { scaledCenter } from './scale.ts';
import { factorText, limiterText, ratioText } from './verdict-text.ts';
import { type Section, section, type Table, type Text } from './view.ts';

/** What each figure is through the proxy, against the same case direct. */
export function proxySection(report: Report): Section {
  const groups = [...Map.groupBy(report.proxyCosts, groupKey).values()];
  return section({
    id: 'proxy',
    title: 'What the proxy costs',
    hint: 'each figure through Nginx, divided by the same figure direct',
    brief: true,
    paragraphs:
      groups.length === 0
        ? []
        : [
            `Each figure through the proxy, divided by the same figure direct, with the 95 % interval. CPU time and memory are those of server and proxy together, divided by those of the server alone. Blocks of the two are paired, so the drift of the machine cancels. ${report.environment.pinning[0]!.toUpperCase()}${report.environment.pinning.slice(1)}.`,
          ],
    tables: groups.map(costTable),
  });
}

function costTable(costs: readonly ProxyCost[]): Table {
  const present = proxyMetrics.filter(({ metric }) => costs.some((cost) => cost.metric === metric));
  const targets = [...new Set(costs.map(({ target }) => target))];
  return {
    title: caseText(costs[0]!),
    facets: facetsOf(costs[0]!),
    corner: 'target',
    columns: present.map(({ metric }) => metricHead(metric, costs[0]!.scenario)),
    rows: targets.map((target) => ({
      ...{ head: target, target },
      cells: present.map(({ metric }) =>
        costText(costs.find((cost) => cost.target === target && cost.metric === metric)),
      ),
    })),
  };
}

/** The factor of a cost with its interval, and both sides below it. */
export function costText(
  cost: Omit<ProxyCost, 'scenario' | 'target' | 'route' | 'params'> | undefined,
): Text {
  if (!cost) return { text: '–', tone: 'none' };
  const { ratio, verdict, undecided, reason, unit, directLimiter, limiter } = cost;
  const side = (estimate: Estimate, of: Limiter | null) => scaledCenter({ estimate, unit, limiter: of });
  const limiters = unit === '1/s' ? `; limiter ${limiterText(directLimiter)} → ${limiterText(limiter)}` : '';
  // Of what could not be decided at all, an interval would say more than is known.
  const interval = undecided || verdict === 'equal' ? '' : ratioText(ratio);
  const isShown = verdict === 'better' || verdict === 'worse';
  const factor = isShown ? timesText(ratio.center) : verdict;
  return {
    value: ratio.center,
    text: `${factor}${interval && ` (${interval})`}`,
    detail: `${side(cost.direct, directLimiter)} → ${side(cost.proxied, limiter)}${limiters}`,
    ...(reason !== undefined && { title: reason }),
  };
}

/** Unlike a verdict it may be below 1: `0.61×`. */
function timesText(ratio: number): string {
  return ratio >= 1.1 ? factorText(ratio) : `${Number(ratio.toPrecision(3))}×`;
}
