import type { Ladder, Report } from '@ws-arena/results/report-file';
import { costMetric } from '../../metrics.ts';
import { type Lane, ladderTables, lanesOf } from '../../view/ladder-tables.ts';
import { scaled } from '../../view/scale.ts';
import { targetStyle } from '../target-style.ts';
import { axis, type Chart, tableRows, targetLegend } from './chart.ts';

/** The load curves: cores used, and p99, against the offered rate; two charts for each route and way to send. */
export function loadCharts(report: Report): Chart[] {
  // One rate is no curve; its figures are bars among the other charts.
  const curves = lanesOf(report).filter(({ rates }) => rates.length > 1);
  return curves.flatMap((lane, index) => [
    cpuChart(lane, `load-cpu-${index + 1}`),
    tailChart(lane, report.precision.p99BoundMs, `load-p99-${index + 1}`),
  ]);
}

type Point = readonly [ratePerSec: number, value: number];

/** Cores that a target uses at each rate that it keeps: what a unit costs times the rate. */
function cpuChart(lane: Lane, id: string): Chart {
  const points = (ladder: Ladder): Point[] =>
    at(lane, ladder, costMetric(lane.route), ['keeps', 'undecided']).map(([rate, ns]) => [
      rate,
      (rate * ns) / 1e9,
    ]);
  return chart(lane, id, {
    title: lane.route === 'direct' ? 'CPU used by the server' : 'CPU used by server and proxy',
    points,
    text: (cores) => `${Number(cores.toPrecision(2))} cores`,
    yAxis: {
      type: 'value',
      min: 0,
      ...axis('cores', (cores) => String(Number(cores.toPrecision(2)))),
      nameGap: 34,
    },
    extra: [],
    table: ladderTables(lane)[0],
  });
}

/** p99 from the intended send, also where it broke the bound, which is a line. */
function tailChart(lane: Lane, boundMs: number, id: string): Chart {
  const bound = {
    type: 'line',
    data: lane.rates.map((_, place) => [place, boundMs * 1e6]),
    symbol: 'none',
    lineStyle: { color: 'var(--quiet)', width: 1, type: 'dashed' },
  };
  return chart(lane, id, {
    title: `p99, and its bound of ${boundMs} ms`,
    points: (ladder) => at(lane, ladder, 'p99', ['keeps', 'undecided', 'breaks']),
    text: (ns) => scaled(ns, 'ns'),
    yAxis: { type: 'log', ...axis('', (ns) => scaled(ns, 'ns')) },
    extra: [bound],
    table: ladderTables(lane)[1],
  });
}

function at(lane: Lane, { target, steps }: Ladder, metric: string, outcomes: readonly string[]): Point[] {
  return steps.flatMap(({ ratePerSec, outcome }): Point[] => {
    const cell = lane.cell(target, ratePerSec, metric);
    return cell && outcomes.includes(outcome) ? [[ratePerSec, cell.estimate.center]] : [];
  });
}

interface Drawing {
  readonly title: string;
  readonly points: (ladder: Ladder) => readonly Point[];
  readonly text: (value: number) => string;
  readonly yAxis: Record<string, unknown>;
  readonly extra: readonly object[];
  readonly table: ReturnType<typeof ladderTables>[number];
}

function chart(lane: Lane, id: string, { title, points, text, yAxis, extra, table }: Drawing): Chart {
  const last = (ladder: Ladder) => {
    const point = points(ladder).at(-1);
    return point
      ? `${ladder.target}: ${text(point[1])} at ${scaled(point[0], '1/s')}`
      : `${ladder.target}: none`;
  };
  return {
    ...{ id, title, subtitle: lane.title, width: 460, height: 270 },
    label: `Curves against the offered rate. ${lane.ladders.map(last).join('; ')}.`,
    legend: targetLegend(lane.ladders.map(({ target }) => target)),
    option: () => ({
      grid: { left: 62, right: 20, top: 14, bottom: 46 },
      // The rates of a ladder are a fixed factor apart, so side by side they are on a logarithmic axis.
      xAxis: {
        type: 'category',
        data: lane.rates.map((rate) => scaled(rate, '1/s')),
        ...axis('messages offered per second'),
        nameGap: 28,
      },
      yAxis,
      series: [...extra, ...lane.ladders.map((ladder) => seriesOf(lane, ladder, points(ladder)))],
    }),
    table: tableRows(table),
  };
}

/** A rate that broke the target is a hollow mark. */
function seriesOf({ rates }: Lane, { target, steps }: Ladder, points: readonly Point[]): object {
  const { color, dash, symbol } = targetStyle(target);
  const broke = (rate: number) => steps.some((step) => step.ratePerSec === rate && step.outcome === 'breaks');
  return {
    type: 'line',
    data: points.map((point) => ({
      value: [rates.indexOf(point[0]), point[1]],
      itemStyle: broke(point[0])
        ? { color: 'var(--panel)', borderColor: color, borderWidth: 1.5 }
        : { color },
    })),
    symbol,
    symbolSize: 8,
    lineStyle: { color, width: 2, type: dash },
  };
}
