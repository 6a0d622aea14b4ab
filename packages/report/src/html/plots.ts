import type { Absence } from '@ws-arena/results/absence';
import type { Curve } from '@ws-arena/results/curve';
import type { Cell, HoldLine, Ladder, Report } from '@ws-arena/results/report-file';
import { caseKey, groupKey } from '@ws-arena/results/trial';
import { costMetric } from '../metrics.ts';
import { rowName, tableId, tableKey } from '../view/case-tables.ts';
import { type Lane, lanesOf } from '../view/ladder-tables.ts';
import { intervalText, percent, scaled } from '../view/scale.ts';
import type { Plot, Point, Trace } from './plot.ts';

/** The charts of a report by the id of the table that holds their numbers; load curves first. */
export function plotsOf(report: Report): Map<string, readonly Plot[]> {
  const found = [
    ...loadPlots(report),
    ...latencyPlots(report),
    ...memoryPlots(report),
    ...deflatePlots(report),
    ...absencePlots(report),
  ];
  return new Map(
    [...Map.groupBy(found, ([table]) => table)].map(([table, own]) => [table, own.map(([, plot]) => plot)]),
  );
}

type Placed = readonly [table: string, plot: Plot];

/** Cores used, and p99, against the offered rate. One rate is no curve. */
function loadPlots(report: Report): Placed[] {
  const lanes = lanesOf(report).filter(({ rates }) => rates.length > 1);
  return lanes.flatMap((lane): Placed[] => {
    const metric = costMetric(lane.route);
    const table = `${lane.id}-${metric}`;
    const who = lane.route === 'direct' ? 'the server' : 'server and proxy';
    const cores = (value: number) => `${Number(value.toPrecision(2))} cores`;
    const tail = report.precision.p99BoundMs;
    return [
      [
        table,
        lanePlot(lane, `${lane.id}-cpu`, `CPU of ${who} by offered rate`, {
          metric,
          also: false,
          y: {
            title: `cores that ${who} used`,
            kind: 'linear',
            text: (value) => String(Number(value.toPrecision(2))),
          },
          value: (cell, rate) => (cell.estimate.center * rate) / 1e9,
          words: (cell, rate) => `${cores((cell.estimate.center * rate) / 1e9)}; ${figure(cell)} a message`,
        }),
      ],
      [
        table,
        {
          ...lanePlot(lane, `${lane.id}-tail`, `p99 by offered rate; dashed: its bound of ${tail} ms`, {
            metric: 'p99',
            also: true,
            y: {
              title: 'p99 from the intended send, logarithmic',
              kind: 'log',
              text: (ns) => scaled(ns, 'ns'),
            },
            value: (cell) => cell.estimate.center,
            words: figure,
          }),
          bound: tail * 1e6,
        },
      ],
    ];
  });
}

interface LaneValues {
  readonly metric: string;
  /** Rates that broke a target, too, as hollow marks. */
  readonly also: boolean;
  readonly y: Plot['y'];
  readonly value: (cell: Cell, rate: number) => number;
  readonly words: (cell: Cell, rate: number) => string;
}

function lanePlot(
  lane: Lane,
  id: string,
  title: string,
  { metric, also, y, value, words }: LaneValues,
): Plot {
  const points = ({ target, steps }: Ladder): Point[] =>
    steps.flatMap(({ ratePerSec: rate, outcome }) => {
      const cell = lane.cell(target, rate, metric);
      const hollow = outcome === 'breaks';
      if (!cell || outcome === 'generator' || (hollow && !also)) return [];
      return [
        { x: rate, y: value(cell, rate), tip: `${words(cell, rate)}, at ${scaled(rate, '1/s')}`, hollow },
      ];
    });
  const traces = lane.ladders.map((ladder): Trace => ({ target: ladder.target, points: points(ladder) }));
  return {
    ...{ id, title, traces, y, label: labelOf(title, traces) },
    x: {
      title: 'messages offered per second',
      kind: 'steps',
      text: (rate) => scaled(rate, '1/s'),
      values: lane.rates,
    },
  };
}

/** A figure as a pointer shows it: value, interval, blocks. */
function figure({ estimate, unit }: Cell): string {
  const interval = intervalText(estimate, unit);
  const sure = interval ? ` (${interval}, 95 %, ${estimate.n} blocks)` : ` (${estimate.n} blocks)`;
  return `${scaled(estimate.center, unit)}${sure}`;
}

/** The last point of each target, in words. */
function labelOf(title: string, traces: readonly Trace[]): string {
  return `${title}. ${traces.map(({ target, points }) => `${target}: ${points.at(-1)?.tip ?? 'none'}`).join('; ')}.`;
}

const curveTitles: Readonly<Record<Curve['of'], string>> = {
  message: 'Latency by percentile, from the intended send',
  'last-member': 'Time until the last member has it, by percentile',
  handshake: 'Handshake time by percentile',
};

/** How long the slowest 10 %, 1 %, 0.1 % take. */
function latencyPlots({ curves, cells }: Report): Placed[] {
  const tables = tablesByGroup(cells);
  return [...Map.groupBy(curves, (curve) => `${curve.of} ${groupKey(curve)}`).values()].map(
    (own, index): Placed => {
      const title = curveTitles[own[0]!.of];
      const traces = own.map(
        (curve): Trace => ({ target: curve.target, points: curve.points.map((point) => at(curve, point)) }),
      );
      return [
        tables.get(groupKey(own[0]!)) ?? '',
        {
          ...{ id: `latency-${index + 1}`, title, traces, label: labelOf(title, traces) },
          x: { title: 'percentile; each step is ten times rarer', kind: 'log', text: percentile },
          y: { title: 'time, logarithmic', kind: 'log', text: (ns) => scaled(ns, 'ns') },
        },
      ];
    },
  );
}

/** On the axis 1/(1−q), where the maximum of n values stands at n. */
function at({ count }: Curve, { quantile, ns }: Curve['points'][number]): Point {
  const share = Number((quantile * 100).toPrecision(quantile > 0.99 ? 6 : 3));
  const name = quantile === 1 ? 'the slowest' : `p${share}`;
  return {
    x: Math.min(1 / (1 - quantile), count),
    y: ns,
    tip: `${name} ${scaled(ns, 'ns')} of ${count.toLocaleString('en-US')}`,
  };
}

function percentile(rarity: number): string {
  if (rarity <= 1) return '0 %';
  const nines = Math.log10(rarity);
  return `${Number((100 - 100 / rarity).toFixed(Math.max(0, Math.ceil(nines) - 1)))} %`;
}

/** The axis counts in these, so that its steps are round in the unit that is printed. */
const MIB = 2 ** 20;

/** Memory over connections with the line whose slope is the cost of one. */
function memoryPlots({ holdLines, cells }: Report): Placed[] {
  const tables = tablesByGroup(cells);
  const key = (line: HoldLine) => groupKey({ ...line, scenario: 'hold' });
  return [...Map.groupBy(holdLines, (line) => `${line.process} ${key(line)}`).values()].map(
    (own, index): Placed => {
      const title = `Memory of the ${own[0]!.process} by connections; the slope is the cost of one`;
      const traces = own.map((line): Trace => {
        const most = Math.max(...line.points.map(({ connections }) => connections), 0);
        const ends = [0, most].map(
          (n) => [n, (line.interceptBytes + n * line.bytesPerConnection) / MIB] as const,
        );
        const points = line.points.map(({ connections, bytes, round }) => ({
          ...{ x: connections, y: bytes / MIB },
          tip: `${scaled(bytes, 'B')} at ${connections.toLocaleString('en-US')} connections, round ${round + 1}; ${scaled(line.bytesPerConnection, 'B')} a connection`,
        }));
        return { target: line.target, points, line: ends };
      });
      return [
        tables.get(key(own[0]!)) ?? '',
        {
          ...{ id: `memory-${index + 1}`, title, traces, label: labelOf(title, traces) },
          x: { title: 'connections', kind: 'linear', text: (value) => value.toLocaleString('en-US') },
          y: { title: 'resident memory', kind: 'linear', text: (value) => scaled(value * MIB, 'B') },
        },
      ];
    },
  );
}

/** What compression leaves on the wire against what it costs: down is smaller, left is cheaper. */
function deflatePlots({ cells }: Report): Placed[] {
  const own = cells.filter(({ scenario }) => scenario === 'deflate');
  const costs = new Map(
    own.filter(({ metric, route }) => metric === costMetric(route)).map((cell) => [caseKey(cell), cell]),
  );
  const ratios = own.filter((cell) => cell.metric === 'wireRatio' && costs.has(caseKey(cell)));
  const withoutLevel = ({ scenario, route, params: { level: _, ...params } }: Cell) =>
    groupKey({ scenario, route, params });
  return [...Map.groupBy(ratios, withoutLevel).values()].map((group, index): Placed => {
    const title = 'Compression: bytes on the wire against CPU, by level';
    const traces = [...Map.groupBy(group, ({ target }) => target)].map(
      ([target, levels]): Trace => ({
        target,
        points: levels.map((cell) => {
          const cost = costs.get(caseKey(cell))!;
          const level = Number(cell.params.level) === 0 ? 'off' : `level ${cell.params.level}`;
          const share = `${(cell.estimate.center * 100).toFixed(1)} % of the bytes`;
          return {
            x: cost.estimate.center,
            y: cell.estimate.center,
            tip: `${level}: ${share}, ${figure(cost)} a message`,
          };
        }),
      }),
    );
    return [
      tablesByGroup(cells).get(groupKey(group[0]!)) ?? '',
      {
        ...{ id: `deflate-${index + 1}`, title, traces, label: labelOf(title, traces) },
        x: { title: 'server CPU per message, logarithmic', kind: 'log', text: (ns) => scaled(ns, 'ns') },
        y: {
          title: 'share of the bytes that stays on the wire',
          kind: 'linear',
          text: (value) => `${Math.round(value * 100)} %`,
        },
      },
    ];
  });
}

/** The share of the clients without a connection over time, while instances are replaced; a mark each second, and at the most. */
function absencePlots({ absences, cells }: Report): Placed[] {
  const tables = tablesByGroup(cells);
  return [...Map.groupBy(absences, tableKey).values()].map((own, index): Placed => {
    const title = 'Clients without a connection, over time';
    const mostOf = ({ course }: Absence) => Math.max(...course.map(([, away]) => away));
    const traces = own.map((absence): Trace => {
      const { target, course } = absence;
      const name = rowName(absence);
      const most = mostOf(absence);
      const marked = course.filter(
        ([seconds, away], i) => away === most || seconds >= Math.floor(course[i - 1]?.[0] ?? -1) + 1,
      );
      const points = marked.map(([seconds, away]) => ({
        ...{ x: seconds, y: away },
        tip: `${percent(away)} at ${Number(seconds.toFixed(2))} s`,
      }));
      return { target, ...(name !== target && { name }), points, line: course };
    });
    const inWords = own.map((absence) => `${rowName(absence)} ${percent(mostOf(absence))}`);
    const begun = Math.round(own[0]!.steps[0] ?? 0);
    return [
      tables.get(groupKey(own[0]!)) ?? '',
      {
        ...{ id: `absence-${index + 1}`, title, traces, label: `${title}. At most: ${inWords.join('; ')}.` },
        x: { title: `seconds; the first instance is ended at ${begun}`, kind: 'linear', text: String },
        y: { title: 'share of the clients', kind: 'linear', text: (value) => `${Math.round(value * 100)} %` },
      },
    ];
  });
}

/** The id of the table of each case. */
function tablesByGroup(cells: readonly Cell[]): ReadonlyMap<string, string> {
  return new Map(cells.toReversed().map((cell) => [groupKey(cell), tableId(cell)]));
}
