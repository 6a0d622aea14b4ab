import type { Cell, Report } from '@ws-arena/results/report-file';
import { scaled } from '../../scale.ts';
import { intervalText, metricTitle, scenarioTitle } from '../labels.ts';
import { targetStyle } from '../target-style.ts';
import { type CaseGroup, caseGroups, groupText } from './case-groups.ts';
import { axis, type Chart } from './chart.ts';
import { ROW_HEIGHT, rowAxis, whiskers } from './row-chart.ts';

/** Rates with their intervals, and beside each what kept it from being higher. One chart for each case. */
export function throughputCharts(report: Report): Chart[] {
  const limited = report.cells.filter((cell) => cell.limiter !== null && cell.unit === '1/s');
  const metrics = [...new Set(limited.map((cell) => cell.metric))];
  return metrics.flatMap((metric) =>
    caseGroups(limited.filter((cell) => cell.metric === metric)).map((group, index) =>
      throughputChart(metric, group, `throughput-${metric}-${index + 1}`),
    ),
  );
}

function throughputChart(metric: string, group: CaseGroup<Cell>, id: string): Chart {
  const cells = group.items;
  return {
    id,
    title: `${scenarioTitle(group.scenario)}: ${metricTitle(metric)}`,
    subtitle: groupText(group),
    label: cells.map((cell) => `${cell.target} ${rateText(cell)}`).join('; '),
    height: 36 + cells.length * ROW_HEIGHT,
    legend: [],
    option: () => ({
      grid: { left: 84, right: 122, top: 6, bottom: 26 },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: 2,
        ...axis('', (value) => short(value)),
      },
      yAxis: rowAxis(cells.map((cell) => cell.target)),
      series: [
        {
          type: 'bar',
          barWidth: 13,
          data: cells.map((cell) => ({ value: cell.estimate.center, itemStyle: barStyle(cell) })),
        },
        whiskers(cells.map(({ estimate }) => estimate)),
        {
          type: 'scatter',
          symbolSize: 0,
          data: cells.map((cell, row) => ({
            value: [cell.estimate.hi, row],
            label: {
              show: true,
              position: 'right',
              distance: 8,
              color: 'var(--ink)',
              fontSize: 11.5,
              formatter: rateText(cell),
            },
          })),
        },
      ],
    }),
    table: {
      head: ['target', 'median', '95 % interval', 'rounds', 'limiter', 'doubts'],
      rows: cells.map((cell) => [
        cell.target,
        scaled(cell.estimate.center, cell.unit),
        intervalText(cell.estimate.lo, cell.estimate.hi, cell.unit),
        String(cell.estimate.n),
        cell.limiter ?? '',
        cell.warnings.map((warning) => warning.kind).join(', ') || 'none',
      ]),
    },
  };
}

/** A bar that the generator held back is hollow: the library may do more. */
function barStyle(cell: Cell): Record<string, unknown> {
  const { color } = targetStyle(cell.target);
  return cell.limiter === 'generator'
    ? { color: 'none', borderColor: color, borderWidth: 1.5, borderType: 'dashed' }
    : { color };
}

function rateText(cell: Cell): string {
  const value = scaled(cell.estimate.center, cell.unit);
  return `${cell.limiter === 'generator' ? '≥ ' : ''}${value} ${cell.limiter}`;
}

function short(value: number): string {
  return value === 0 ? '0' : scaled(value, '1/s').replace('/s', '');
}
