import type { Curve, CurvePoint, Report } from '@ws-arena/results/report-file';
import { scaled } from '../../scale.ts';
import { words } from '../labels.ts';
import { targetStyle } from '../target-style.ts';
import { type CaseGroup, caseGroups, groupText } from './case-groups.ts';
import { axis, type Chart, type ChartTable, targetLegend } from './chart.ts';

const titles: Readonly<Record<Curve['of'], string>> = {
  message: 'Latency by percentile, from the intended send',
  'last-member': 'Time until the last member has it, by percentile',
  handshake: 'Handshake time by percentile',
};

/** Percentile curves: how long the slowest 10 %, 1 %, 0.1 % take. One chart for each case, all targets in it. */
export function latencyCharts(report: Report): Chart[] {
  return (['message', 'last-member', 'handshake'] as const).flatMap((of) =>
    caseGroups(report.curves.filter((curve) => curve.of === of && curve.points.length > 0)).map(
      (group, index) => latencyChart(of, group, `latency-${of}-${index + 1}`),
    ),
  );
}

function latencyChart(of: Curve['of'], group: CaseGroup<Curve>, id: string): Chart {
  const curves = group.items;
  return {
    id,
    title: of === 'message' && group.scenario === 'broadcast' ? 'Delivery by percentile' : titles[of],
    subtitle: `${words(group.scenario)}, ${groupText(group)}`,
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
  const points = pointsOf(curve);
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

/** On the axis 1/(1−q), where the maximum of n values stands at n. */
function pointsOf(curve: Curve): [number, number][] {
  return curve.points.flatMap((point) => {
    const value = point.intendedNs;
    if (value === null || value <= 0) return [];
    return [[Math.min(1 / (1 - point.quantile), Math.max(1, curve.count)), value] as [number, number]];
  });
}

function percentile(rarity: number): string {
  if (rarity <= 1) return '0 %';
  const nines = Math.round(Math.log10(rarity));
  return `${((1 - 10 ** -nines) * 100).toFixed(Math.max(0, nines - 2))} %`;
}

function pointAt(curve: Curve, quantile: number): CurvePoint | undefined {
  return curve.points.find((point) => point.quantile >= quantile - 1e-9) ?? curve.points.at(-1);
}

function at(curve: Curve, quantile: number): string {
  const value = pointAt(curve, quantile)?.intendedNs;
  return value == null ? 'unknown' : scaled(value, 'ns');
}

const shown = [0.5, 0.9, 0.99, 0.999, 1] as const;
const names = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const;

function tableOf(curves: readonly Curve[]): ChartTable {
  const actual = curves.some((curve) => curve.points.some((point) => point.actualNs !== null));
  return {
    head: [
      'target',
      'messages',
      ...names,
      ...(actual ? names.map((name) => `${name} from the real send`) : []),
    ],
    rows: curves.map((curve) => [
      curve.target,
      curve.count.toLocaleString('en-US'),
      ...shown.map((quantile) => at(curve, quantile)),
      ...(actual
        ? shown.map((quantile) => {
            const value = pointAt(curve, quantile)?.actualNs;
            return value == null ? 'none' : scaled(value, 'ns');
          })
        : []),
    ]),
  };
}
