import type { Cell, Report } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import type { CustomSeriesOption } from 'echarts/charts';
import { equalLoadRates, laneKey, rateOf } from '../../ladders.ts';
import { costMetric, metricTitle } from '../../metrics.ts';
import { caseText } from '../../view/labels.ts';
import { intervalText, scaled, scaledCenter } from '../../view/scale.ts';
import { limiterText } from '../../view/verdict-text.ts';
import { targetStyle } from '../target-style.ts';
import { axis, type Chart } from './chart.ts';

const ROW_HEIGHT = 30;

/** What a unit of each case costs; of a ladder, at the rate at which the targets are compared. */
export function costCharts({ cells, ladders }: Report): Chart[] {
  const rates = equalLoadRates(ladders);
  const drawn = cells.filter(
    (cell) =>
      cell.metric === costMetric(cell.route) &&
      cell.scenario !== 'echo' &&
      cell.scenario !== 'hold' &&
      (cell.scenario !== 'load' || rates.get(laneKey(cell)) === rateOf(cell)),
  );
  return barCharts(drawn, 'cost');
}

/** Closed-loop throughput, and beside each value what kept it from being higher. */
export function throughputCharts({ cells }: Report): Chart[] {
  return barCharts(
    cells.filter(({ metric }) => metric === 'deliveredPerSec'),
    'throughput',
  );
}

function barCharts(cells: readonly Cell[], id: string): Chart[] {
  return [...Map.groupBy(cells, groupKey).values()].map((group, index) =>
    barChart(group, `${id}-${index + 1}`),
  );
}

function barChart(cells: readonly Cell[], id: string): Chart {
  const { metric, scenario, unit } = cells[0]!;
  return {
    id,
    title: metricTitle(metric, scenario),
    subtitle: caseText(cells[0]!),
    label: cells.map((cell) => `${cell.target} ${valueText(cell)}`).join('; '),
    height: 36 + cells.length * ROW_HEIGHT,
    legend: [],
    option: () => ({
      grid: { left: 84, right: 122, top: 6, bottom: 26 },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: 2,
        ...axis('', (value) => (value === 0 ? '0' : scaled(value, unit))),
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: cells.map((cell) => cell.target),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: 'var(--ink)', fontSize: 12, interval: 0 },
      },
      series: [
        {
          type: 'bar',
          barWidth: 13,
          data: cells.map((cell) => ({ value: cell.estimate.center, itemStyle: barStyle(cell) })),
        },
        whiskers(cells),
        {
          type: 'scatter',
          symbolSize: 0,
          data: cells.map((cell, row) => ({
            value: [cell.estimate.hi ?? cell.estimate.center, row],
            label: {
              show: true,
              position: 'right',
              distance: 8,
              color: 'var(--ink)',
              fontSize: 11.5,
              formatter: valueText(cell),
            },
          })),
        },
      ],
    }),
    table: {
      head: ['target', 'median', '95 % interval', 'slices', 'limiter'],
      rows: cells.map((cell) => [
        cell.target,
        scaledCenter(cell),
        intervalText(cell.estimate, unit),
        String(cell.estimate.n),
        limiterText(cell.limiter),
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

function valueText(cell: Cell): string {
  return cell.unit === '1/s' ? `${scaledCenter(cell)} ${limiterText(cell.limiter)}` : scaledCenter(cell);
}

/** The 95 % intervals over horizontal bars. */
function whiskers(cells: readonly Cell[]): CustomSeriesOption {
  return {
    type: 'custom',
    z: 5,
    data: cells.flatMap(({ estimate: { lo, hi } }, row) =>
      lo === null || hi === null ? [] : [[lo, row, hi]],
    ),
    renderItem: (_, api) => {
      const left = api.coord([api.value(0), api.value(1)]);
      const right = api.coord([api.value(2), api.value(1)]);
      const [x1, y] = [left[0]!, left[1]!];
      const x2 = right[0]!;
      const style = { stroke: 'var(--ink)', lineWidth: 1.25 };
      const line = (ax: number, ay: number, bx: number, by: number) =>
        ({ type: 'line', shape: { x1: ax, y1: ay, x2: bx, y2: by }, style }) as const;
      return {
        type: 'group',
        children: [line(x1, y, x2, y), line(x1, y - 4, x1, y + 4), line(x2, y - 4, x2, y + 4)],
      };
    },
  };
}
