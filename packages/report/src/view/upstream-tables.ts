import type { Report, UpstreamCost } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { metricHead, metricTitle } from '../metrics.ts';
import { upstreamMetrics } from '../upstream-cost.ts';
import { caseText, facetsOf, listed } from './labels.ts';
import { costText } from './proxy-tables.ts';
import { percent } from './scale.ts';
import { ratioText } from './verdict-text.ts';
import type { Section, Table } from './view.ts';

/** Whether a Unix socket between proxy and servers is cheaper than TCP, and by how much. */
export function upstreamSection({ upstreamCosts }: Report): Section {
  const groups = [...Map.groupBy(upstreamCosts, groupKey).values()];
  return {
    id: 'upstreams',
    title: 'Unix sockets to the servers',
    hint: 'each figure over a Unix socket, divided by that over TCP',
    brief: true,
    paragraphs:
      groups.length === 0
        ? []
        : [
            'Each figure over a Unix socket between proxy and servers, divided by the same figure over TCP on loopback, with its 95 % interval. CPU time is that of server and proxy together. The processes are the same, their slices take turns, and blocks are pairs.',
          ],
    tables: groups.map(costTable),
    list: groups.flatMap(sentence),
  };
}

/** Which is cheaper, and by how much. */
function sentence(costs: readonly UpstreamCost[]): string[] {
  const cpu = costs.filter(({ metric }) => metric === 'cpuServing');
  if (cpu.length === 0) return [];
  const found = cpu.map(({ target, verdict, ratio }) => {
    if (verdict === 'equal' || verdict === 'undecided') return { target, text: verdict };
    const times = `${percent(Math.abs(1 - ratio.center))} ${verdict === 'better' ? 'lower' : 'higher'}`;
    return { target, text: `${times} (ratio ${ratioText(ratio)})` };
  });
  const each = [...Map.groupBy(found, ({ text }) => text)].map(
    ([text, ones]) => `${text} for ${listed(ones.map(({ target }) => target))}`,
  );
  const { scenario } = cpu[0]!;
  return [
    `${caseText(withoutUpstream(cpu[0]!))}: ${metricTitle('cpuServing', scenario)} over a Unix socket is ${each.join(', ')}.`,
  ];
}

function costTable(costs: readonly UpstreamCost[]): Table {
  const one = withoutUpstream(costs[0]!);
  const present = upstreamMetrics.filter((name) => costs.some(({ metric }) => metric === name));
  const targets = [...new Set(costs.map(({ target }) => target))];
  return {
    title: caseText(one),
    facets: facetsOf(one),
    corner: 'target',
    columns: present.map((name) => metricHead(name, one.scenario)),
    rows: targets.map((target) => ({
      ...{ head: target, target },
      cells: present.map((name) => {
        const cost = costs.find((each) => each.target === target && each.metric === name);
        return costText(
          cost && { ...cost, direct: cost.tcp, proxied: cost.unix, directLimiter: cost.tcpLimiter },
        );
      }),
    })),
  };
}

function withoutUpstream(cost: UpstreamCost): UpstreamCost {
  const { upstream: _, ...params } = cost.params;
  return { ...cost, params };
}
