import type { NeighbourCost, Report } from '@ws-arena/results/report-file';
import { metricHead } from '../metrics.ts';
import { neighbourMetrics } from '../neighbour-cost.ts';
import { routeTitle } from './labels.ts';
import { costText } from './proxy-tables.ts';
import { type Section, section, type Table } from './view.ts';

const titles: Readonly<Record<string, string>> = {
  broadcast: 'beside a broadcast to 1,000 members, 8 a second',
  large: 'beside messages of 4 MiB, 8 a second',
  handshakes: 'beside 1,000 handshakes a second',
  deflate: 'beside 2,000 compressed messages of 1 KiB a second',
};

/** How much slower echoes become beside a neighbour on the same server. */
export function neighbourSection({ neighbourCosts }: Report): Section {
  const groups = [
    ...Map.groupBy(neighbourCosts, ({ route, params }) => `${route} ${params.neighbour}`).values(),
  ];
  return section({
    id: 'neighbours',
    title: 'What a neighbour costs',
    paragraphs:
      groups.length === 0
        ? []
        : [
            'The latency with a neighbour divided by the latency without one, with the 95 % interval. Slices with and without the neighbour take turns, and the ratio compares block by block. The neighbour’s load comes from a process of its own.',
          ],
    tables: groups.map(costTable),
  });
}

function costTable(costs: readonly NeighbourCost[]): Table {
  const { route, params } = costs[0]!;
  const neighbour = String(params.neighbour);
  const present = neighbourMetrics.filter((name) => costs.some(({ metric }) => metric === name));
  const targets = [...new Set(costs.map(({ target }) => target))];
  return {
    title: `Echoes ${titles[neighbour] ?? `beside ${neighbour}`}, ${routeTitle(route)}`,
    corner: 'target',
    columns: present.map((name) => metricHead(name, 'mixed')),
    rows: targets.map((target) => ({
      ...{ head: target, target },
      cells: present.map((name) => {
        const cost = costs.find((one) => one.target === target && one.metric === name);
        return costText(
          cost && { ...cost, direct: cost.alone, proxied: cost.beside, directLimiter: null, limiter: null },
        );
      }),
    })),
  };
}
