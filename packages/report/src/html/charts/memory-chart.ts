import type { HoldLine, Report } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { caseText, routeTitle } from '../../view/labels.ts';
import { scaled } from '../../view/scale.ts';
import { targetStyle } from '../target-style.ts';
import { axis, type Chart } from './chart.ts';

/** The axis counts in these, so that its steps are round in the unit that is printed. */
const MIB = 2 ** 20;

/** Memory over connections with the line whose slope is the cost of one. A chart for each process, route and case. */
export function memoryCharts(report: Report): Chart[] {
  const lines = report.holdLines.map((line) => ({ ...line, scenario: 'hold' as const }));
  return (['server', 'proxy'] as const).flatMap((process) =>
    [
      ...Map.groupBy(
        lines.filter((line) => line.process === process),
        groupKey,
      ).values(),
    ].map((group, index) =>
      memoryChart(process, group, caseText(group[0]!), `memory-${process}-${index + 1}`),
    ),
  );
}

function memoryChart(process: string, lines: readonly HoldLine[], subtitle: string, id: string): Chart {
  const slope = (line: HoldLine) => `${scaled(line.bytesPerConnection, 'B')} per connection`;
  return {
    id,
    title: `Memory of the ${process} by connections held`,
    subtitle,
    label: `The slope is the memory of one connection. ${lines.map((line) => `${line.target}: ${slope(line)}`).join('; ')}.`,
    height: 270,
    legend: lines.map((line) => {
      const { color, dash } = targetStyle(line.target);
      return { name: `${line.target} ${scaled(line.bytesPerConnection, 'B')}`, color, className: dash };
    }),
    option: () => ({
      grid: { left: 60, right: 22, top: 14, bottom: 46 },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: 3,
        ...axis('connections', (value) => value.toLocaleString('en-US')),
        nameGap: 28,
      },
      yAxis: {
        type: 'value',
        min: 0,
        ...axis('', (value) => (value === 0 ? '0' : scaled(value * MIB, 'B'))),
      },
      series: lines.flatMap((line) => seriesOf(line)),
    }),
    table: {
      head: ['target', 'route', 'per connection', 'without connections', 'samples'],
      rows: lines.map((line) => [
        line.target,
        routeTitle(line.route),
        scaled(line.bytesPerConnection, 'B'),
        scaled(line.interceptBytes, 'B'),
        line.points.map((point) => `${point.connections}: ${scaled(point.bytes, 'B')}`).join('; '),
      ]),
    },
  };
}

function seriesOf(line: HoldLine): Record<string, unknown>[] {
  const { color, dash, symbol } = targetStyle(line.target);
  const most = Math.max(...line.points.map((point) => point.connections), 0);
  const at = (connections: number) => [
    connections,
    (line.interceptBytes + connections * line.bytesPerConnection) / MIB,
  ];
  return [
    { type: 'line', data: [at(0), at(most)], symbol: 'none', lineStyle: { color, width: 1.75, type: dash } },
    {
      type: 'scatter',
      data: line.points.map((point) => [point.connections, point.bytes / MIB]),
      symbol,
      symbolSize: 7,
      itemStyle: { color, opacity: 0.75 },
    },
  ];
}
