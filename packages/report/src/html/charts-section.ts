import type { Report } from '@ws-arena/results/report-file';
import { count } from '../view/labels.ts';
import { costCharts, throughputCharts } from './charts/bar-chart.ts';
import { type Chart, figure } from './charts/chart.ts';
import { deflateCharts } from './charts/deflate-chart.ts';
import { latencyCharts } from './charts/latency-chart.ts';
import { loadCharts } from './charts/load-chart.ts';
import { memoryCharts } from './charts/memory-chart.ts';
import { html, type Markup } from './markup.ts';

/** More of a kind than this are not drawn, so that the page stays small; their numbers are in the tables of figures. */
const MOST_OF_A_KIND = 6;

const kinds = [
  {
    id: 'cost',
    title: 'CPU at equal load',
    about:
      'Every target gets the same rate. Bars are medians, whiskers 95 % intervals. Behind a proxy it is the CPU of both.',
    charts: costCharts,
  },
  {
    id: 'latency',
    title: 'Latency at equal load',
    about:
      'Time runs from the moment a message was due, so a stall counts against every message that had to wait for it. Lower is better; the right edge is the tail.',
    charts: latencyCharts,
  },
  {
    id: 'throughput',
    title: 'Closed-loop throughput and its limiter',
    about:
      'Many messages are in flight, so each target runs at its own rate. Behind each value stands who was saturated. A hollow bar was held back by the load generator and says only “at least”.',
    charts: throughputCharts,
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

/** The load curves, which say most; empty without a ladder. */
export function loadCurves(report: Report): Markup {
  const charts = loadCharts(report);
  if (charts.length === 0) return html``;
  return html`<p>A hollow mark is a rate that broke the target. A colour is the same library everywhere.</p>
<div class="charts broad">${charts.map(figure)}</div>`;
}

/** Every other chart of the run, kind by kind; those that were not measured are left out. */
export function chartsSection(report: Report): Markup {
  return html`<section aria-labelledby="charts"><h2 id="charts">Charts</h2>
${kinds.map((kind) => {
  const charts = kind.charts(report);
  if (charts.length === 0) return undefined;
  const left = charts.length - MOST_OF_A_KIND;
  return html`<h3 id="charts-${kind.id}">${kind.title}</h3><p class="quiet">${kind.about}</p><div class="charts">${charts.slice(0, MOST_OF_A_KIND).map(figure)}</div>${
    left > 0 &&
    html`<p class="quiet">${count(left, 'more chart')} of this kind not drawn; their numbers are in <a href="#figures">figures</a>.</p>`
  }`;
})}</section>`;
}
