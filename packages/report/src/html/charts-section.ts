import type { Report } from '@ws-arena/results/report-file';
import { type Chart, figure } from './charts/chart.ts';
import { cpuCharts } from './charts/cpu-chart.ts';
import { deflateCharts } from './charts/deflate-chart.ts';
import { latencyCharts } from './charts/latency-chart.ts';
import { memoryCharts } from './charts/memory-chart.ts';
import { throughputCharts } from './charts/throughput-chart.ts';
import { count } from './labels.ts';
import { html, type Markup } from './markup.ts';

/** More of a kind than this are not drawn, so that the page stays small; their numbers are in the table of cells. */
const MOST_OF_A_KIND = 6;

const kinds = [
  {
    id: 'latency',
    title: 'Latency',
    about:
      'Open loop: every target gets the same rate. Time runs from the moment a message was due, so a stall counts against every message that had to wait for it. Lower is better, and the right end is what the unlucky see.',
    charts: latencyCharts,
  },
  {
    id: 'throughput',
    title: 'Throughput and its limiter',
    about:
      'Bars are medians, whiskers 95 % intervals. Behind each value what kept it from being higher: server, proxy, generator, or the offered rate. A hollow bar was held back by the load generator and says only “at least”.',
    charts: throughputCharts,
  },
  {
    id: 'cpu',
    title: 'CPU per message',
    about: 'Who spends it: the server, the proxy, or the load generator. This holds whoever was saturated.',
    charts: cpuCharts,
  },
  {
    id: 'memory',
    title: 'Memory of connections',
    about:
      'Resident memory at several numbers of idle connections; the slope is what one more connection costs.',
    charts: memoryCharts,
  },
  {
    id: 'deflate',
    title: 'Compression',
    about:
      'Lower is smaller on the wire, further left is cheaper. A point’s number is the level of compression.',
    charts: deflateCharts,
  },
] as const satisfies readonly {
  id: string;
  title: string;
  about: string;
  charts: (report: Report) => Chart[];
}[];

/** The first of each title, then the second of each: what is drawn should show every figure before a figure twice. */
function alternate(charts: readonly Chart[]): Chart[] {
  const seen = new Map<string, number>();
  const placed = charts.map((chart) => {
    const turn = seen.get(chart.title) ?? 0;
    seen.set(chart.title, turn + 1);
    return { chart, turn };
  });
  return placed.sort((a, b) => a.turn - b.turn).map(({ chart }) => chart);
}

/** Every chart of the run, kind by kind. */
export function chartsSection(report: Report): Markup {
  return html`<section aria-labelledby="charts"><h2 id="charts">Charts</h2>
<p>Behind each chart is a table of its numbers. A colour is the same library everywhere.</p>
${kinds.map((kind) => {
  const charts = kind.charts(report);
  const left = charts.length - MOST_OF_A_KIND;
  return html`<h3 id="charts-${kind.id}">${kind.title}</h3><p class="quiet">${kind.about}</p>${
    charts.length === 0
      ? html`<p>Not measured in this run.</p>`
      : html`<div class="charts">${alternate(charts).slice(0, MOST_OF_A_KIND).map(figure)}</div>`
  }${left > 0 && html`<p class="quiet">${count(left, 'more chart')} of this kind not drawn; their numbers are in <a href="#cells">every figure</a>.</p>`}`;
})}</section>`;
}
