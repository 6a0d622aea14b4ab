import type { Cell, Report } from '@ws-arena/results/report-file';
import { scaled } from '../../scale.ts';
import { type CaseGroup, caseGroups, groupText } from './case-groups.ts';
import { axis, type Chart } from './chart.ts';
import { ROW_HEIGHT, rowAxis } from './row-chart.ts';

const parts = [
  { metric: 'cpuPerMessageServer', name: 'server', color: 'var(--u-server)' },
  { metric: 'cpuPerMessageProxy', name: 'proxy', color: 'var(--u-proxy)' },
  { metric: 'cpuPerMessageGenerator', name: 'generator', color: 'var(--u-generator)' },
] as const;

/** CPU time per message, stacked by who spent it. It does not depend on who was saturated. */
export function cpuCharts(report: Report): Chart[] {
  const cells = report.cells.filter(
    (cell) => cell.scenario === 'echo' && parts.some((part) => part.metric === cell.metric),
  );
  return caseGroups(cells).map((group, index) => cpuChart(group, `cpu-${index + 1}`));
}

function cpuChart(group: CaseGroup<Cell>, id: string): Chart {
  const targets = [...new Set(group.items.map((cell) => cell.target))];
  const value = (target: string, metric: string) =>
    group.items.find((cell) => cell.target === target && cell.metric === metric)?.estimate.center;
  const present = parts.filter((part) => targets.some((target) => value(target, part.metric) !== undefined));
  const text = (ns: number | undefined) => (ns === undefined ? 'none' : scaled(ns, 'ns'));
  return {
    id,
    title: 'CPU time per message',
    subtitle: groupText(group),
    label: targets
      .map(
        (target) =>
          `${target}: ${present.map((part) => `${part.name} ${text(value(target, part.metric))}`).join(', ')}`,
      )
      .join('; '),
    height: 36 + targets.length * ROW_HEIGHT,
    legend: present.map(({ name, color }) => ({ name, color })),
    option: () => ({
      grid: { left: 84, right: 24, top: 6, bottom: 26 },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: 3,
        ...axis('', (ns) => (ns === 0 ? '0' : scaled(ns, 'ns'))),
      },
      yAxis: rowAxis(targets),
      series: present.map((part) => ({
        type: 'bar',
        stack: 'cpu',
        barWidth: 15,
        itemStyle: { color: part.color, borderColor: 'var(--panel)', borderWidth: 1 },
        data: targets.map((target) => value(target, part.metric) ?? 0),
        label: {
          show: true,
          color: 'var(--panel)',
          fontSize: 10.5,
          // A label that would not fit its part is left to the table.
          formatter: ({ value: ns }: { value: number }) =>
            ns > 0.16 * largestSum(targets, value) ? scaled(ns, 'ns') : '',
        },
      })),
    }),
    table: {
      head: ['target', ...present.map((part) => part.name)],
      rows: targets.map((target) => [target, ...present.map((part) => text(value(target, part.metric)))]),
    },
  };
}

function largestSum(
  targets: readonly string[],
  value: (target: string, metric: string) => number | undefined,
): number {
  return Math.max(
    ...targets.map((target) => parts.reduce((sum, part) => sum + (value(target, part.metric) ?? 0), 0)),
  );
}
