import type { Curve, Report } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { caseText } from '../../view/labels.ts';
import { scaled } from '../../view/scale.ts';
import { targetStyle } from '../target-style.ts';
import { axis, type Chart, type ChartTable, targetLegend } from './chart.ts';

const titles: Readonly<Record<Curve['of'], string>> = {
  message: 'Latency by percentile, from the intended send',
  'last-member': 'Time until the last member has it, by percentile',
  handshake: 'Handshake time by percentile',
};

/** Percentile curves: how long the slowest 10 %, 1 %, 0.1 % take. One chart for each case, all targets in it. */
export function latencyCharts(report: Report): Chart[] {
  const groups = Map.groupBy(report.curves, (curve) => `${curve.of} ${groupKey(curve)}`);
  return [...groups.values()].map((curves, index) => latencyChart(curves, `latency-${index + 1}`));
}

function latencyChart(curves: readonly Curve[], id: string): Chart {
  const [{ of, scenario }] = curves as [Curve, ...Curve[]];
  return {
    id,
    title: of === 'message' && scenario === 'broadcast' ? 'Delivery by percentile' : titles[of],
    subtitle: caseText(curves[0]!),
    label: `Percentile curves. ${curves.map((curve) => `${curve.target}: p99 ${at(curve, 0.99)}, max ${at(curve, 1)}`).join('; ')}.`,
    height: 270,
    legend: targetLegend(curves.map((curve) => curve.target)),
    option: () => ({
      grid: { left: 54, right: 18, top: 14, bottom: 46 },
      xAxis: {
        type: 'log',
        min: 1,
        ...axis('percentile, each step is ten times rarer', percentile),
        nameGap: 28,
      },
      yAxis: { type: 'log', ...axis('', (value) => scaled(value, 'ns')) },
      series: curves.flatMap(seriesOf),
    }),
    table: tableOf(curves),
  };
}

/** The curve, and a mark at every sixth point: a mark at each would hide the line. */
function seriesOf(curve: Curve): Record<string, unknown>[] {
  const { color, dash, symbol } = targetStyle(curve.target);
  // On the axis 1/(1−q), where the maximum of n values stands at n.
  const points = curve.points.map(({ quantile, ns }) => [Math.min(1 / (1 - quantile), curve.count), ns]);
  return [
    { type: 'line', data: points, symbol: 'none', lineStyle: { color, width: 2, type: dash } },
    {
      type: 'scatter',
      data: points.filter((_, index) => index % 6 === 3 || index === points.length - 1),
      symbol,
      symbolSize: 6,
      itemStyle: { color },
    },
  ];
}

function percentile(rarity: number): string {
  if (rarity <= 1) return '0 %';
  const nines = Math.round(Math.log10(rarity));
  return `${((1 - 10 ** -nines) * 100).toFixed(Math.max(0, nines - 2))} %`;
}

function at(curve: Curve, quantile: number): string {
  const point = curve.points.find((one) => one.quantile >= quantile - 1e-9) ?? curve.points.at(-1);
  return point ? scaled(point.ns, 'ns') : 'unknown';
}

const shown = [0.5, 0.9, 0.99, 0.999, 1] as const;

function tableOf(curves: readonly Curve[]): ChartTable {
  return {
    head: ['target', 'values', 'p50', 'p90', 'p99', 'p99.9', 'max'],
    rows: curves.map((curve) => [
      curve.target,
      curve.count.toLocaleString('en-US'),
      ...shown.map((quantile) => at(curve, quantile)),
    ]),
  };
}
