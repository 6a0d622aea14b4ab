import type { Cell, Report } from '@ws-arena/results/report-file';
import { caseKey, type Params } from '@ws-arena/results/trial';
import { scaled } from '../../scale.ts';
import { paramsText } from '../labels.ts';
import { targetStyle } from '../target-style.ts';
import { type CaseGroup, caseGroups, groupText } from './case-groups.ts';
import { axis, type Chart, targetLegend } from './chart.ts';

/** One setting of compression on one target: what stays on the wire, and what it costs the server. */
interface Setting {
  readonly target: string;
  readonly name: string;
  readonly ratio: number;
  readonly cpuNs: number;
}

/** Deflate ratio against CPU: down is smaller, left is cheaper. A chart for each route and load. */
export function deflateCharts(report: Report): Chart[] {
  const cells = report.cells.filter((cell) => cell.scenario === 'deflate');
  const cpu = new Map(
    cells
      .filter((cell) => cell.metric === 'cpuPerMessageServer')
      .map((cell) => [caseKey(cell), cell.estimate.center]),
  );
  const ratios = cells
    .filter((cell) => cell.metric === 'wireRatio' && cpu.has(caseKey(cell)))
    .map((cell) => ({ ...cell, params: split(cell.params).load, cell }));
  return caseGroups(ratios).map((group, index) => {
    const settings = group.items.map(({ target, cell }) => ({
      target,
      name: settingName(split(cell.params).setting),
      ratio: cell.estimate.center,
      cpuNs: cpu.get(caseKey(cell))!,
    }));
    return deflateChart(settings, group, `deflate-${index + 1}`);
  });
}

/** `off`, `6`: the level; whether the window is kept is said above the chart. */
function settingName({ level, takeover: _, ...other }: Params): string {
  if (Number(level) === 0) return 'off';
  return [level !== undefined && String(level), paramsText(other)].filter(Boolean).join(', ') || 'on';
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

/** Parameters of the compression, and those of the load; a kept window is another chart, with points of its own. */
function split(params: Params): { setting: Params; load: Params } {
  const ofSetting = ([name]: [string, number | string]) => /deflate|level|threshold/i.test(name);
  const entries = Object.entries(params);
  return {
    setting: Object.fromEntries(entries.filter(ofSetting)),
    load: Object.fromEntries(entries.filter((entry) => !ofSetting(entry))),
  };
}

function deflateChart(
  settings: readonly Setting[],
  group: CaseGroup<Pick<Cell, 'scenario'>>,
  id: string,
): Chart {
  const targets = [...new Set(settings.map((setting) => setting.target))];
  return {
    id,
    title: 'Deflate: what stays on the wire, and what it costs',
    subtitle: groupText(group),
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
