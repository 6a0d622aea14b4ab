import type { Cell, Report } from '@ws-arena/results/report-file';
import { caseKey, groupKey } from '@ws-arena/results/trial';
import { costMetric } from '../../metrics.ts';
import { caseText } from '../../view/labels.ts';
import { scaled } from '../../view/scale.ts';
import { targetStyle } from '../target-style.ts';
import { axis, type Chart, targetLegend } from './chart.ts';

/** One level of compression on one target: what stays on the wire, and what it costs the server. */
interface Setting {
  readonly target: string;
  readonly name: string;
  readonly ratio: number;
  readonly cpuNs: number;
}

/** Deflate ratio against CPU: down is smaller, left is cheaper. A chart for each load; a kept window is one of its own. */
export function deflateCharts(report: Report): Chart[] {
  const cells = report.cells.filter(({ scenario }) => scenario === 'deflate');
  const cpu = new Map(
    cells
      .filter(({ metric, route }) => metric === costMetric(route))
      .map((cell) => [caseKey(cell), cell.estimate.center]),
  );
  const ratios = cells.filter((cell) => cell.metric === 'wireRatio' && cpu.has(caseKey(cell)));
  return [...Map.groupBy(ratios, (cell) => groupKey(withoutLevel(cell))).values()].map((group, index) => {
    const settings = group.map((cell) => ({
      target: cell.target,
      name: Number(cell.params.level) === 0 ? 'off' : String(cell.params.level),
      ratio: cell.estimate.center,
      cpuNs: cpu.get(caseKey(cell))!,
    }));
    return deflateChart(settings, caseText(withoutLevel(group[0]!)), `deflate-${index + 1}`);
  });
}

function withoutLevel({ scenario, route, params: { level: _, ...params } }: Cell) {
  return { scenario, route, params };
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function deflateChart(settings: readonly Setting[], subtitle: string, id: string): Chart {
  const targets = [...new Set(settings.map((setting) => setting.target))];
  return {
    id,
    title: 'Deflate: what stays on the wire, and what it costs',
    subtitle,
    label: settings
      .map(
        (s) =>
          `${s.target} ${s.name}: ${share(s.ratio)} of the bytes at ${scaled(s.cpuNs, 'ns')} of CPU a message`,
      )
      .join('; '),
    height: 340,
    legend: targetLegend(targets),
    option: () => ({
      grid: { left: 54, right: 52, top: 14, bottom: 46 },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: 4,
        ...axis('server CPU per message', (value) => (value === 0 ? '0' : scaled(value, 'ns'))),
        nameGap: 28,
      },
      yAxis: { type: 'value', min: 0, ...axis('', (value) => `${Math.round(value * 100)} %`) },
      series: targets.map((target) => {
        const { color, symbol } = targetStyle(target);
        const own = settings.filter((setting) => setting.target === target);
        return {
          type: 'scatter',
          data: own.map((s) => ({ value: [s.cpuNs, s.ratio], name: s.name })),
          symbol,
          symbolSize: 9,
          itemStyle: { color, opacity: 0.85 },
          label: { show: true, position: 'right', formatter: '{b}', fontSize: 10.5, color: 'var(--quiet)' },
          labelLayout: { hideOverlap: true },
        };
      }),
    }),
    table: {
      head: ['target and setting', 'bytes on the wire, share of those sent', 'server CPU per message'],
      rows: settings.map((s) => [`${s.target}, ${s.name}`, share(s.ratio), scaled(s.cpuNs, 'ns')]),
    },
  };
}
