import type { Cell, Ladder, LadderStep, Report } from '@ws-arena/results/report-file';
import { laneKey, rateOf } from '../ladders.ts';
import { costMetric, metricTitle } from '../metrics.ts';
import { caseText, facetsOf } from './labels.ts';
import { intervalText, scaled, spread } from './scale.ts';
import { capacityText, limiterText } from './verdict-text.ts';
import { type Row, type Section, section, type Table, type Text } from './view.ts';

/** The load curves as tables: what each rate costs, and how long the slowest messages take, by the rate offered. */
export function ladderSection(report: Report): Section {
  const { p99BoundMs } = report.precision;
  const lanes = lanesOf(report);
  return section({
    id: 'load',
    title: 'What each rate costs, and where it breaks',
    hint: 'CPU and p99 by offered rate, as curves and as tables',
    brief: true,
    paragraphs:
      lanes.length === 0
        ? []
        : [
            `Every target is offered the same rates. It keeps a rate when p99 from the intended send is at most ${p99BoundMs} ms, nothing is lost and neither server nor proxy is saturated. “broke”: most slices did not keep the rate, or the target was saturated and fell behind. “undecided”: a few slices did not keep it, as when the machine stalls, or the target was saturated but did not fall behind in so short a time. “generator”: the load generator could not offer the rate in time, so the target was not tested at it.`,
          ],
    tables: lanes.flatMap(ladderTables),
  });
}

/** What a unit costs at each rate, and p99. */
export function ladderTables(lane: Lane): [cost: Table, tail: Table] {
  return [costTable(lane), tailTable(lane)];
}

/** One route and way to send: the ladders of all targets, and the cells of their steps. */
export interface Lane {
  readonly id: string;
  readonly title: string;
  readonly route: Ladder['route'];
  readonly params: Ladder['params'];
  readonly ladders: readonly Ladder[];
  readonly rates: readonly number[];
  cell(target: string, ratePerSec: number, metric: string): Cell | undefined;
}

/** The lanes of a report in the order of the run. */
export function lanesOf({ ladders, cells }: Pick<Report, 'ladders' | 'cells'>): Lane[] {
  const own = cells.filter(({ scenario }) => scenario === 'load');
  const index = new Map(
    own.map((cell) => [`${laneKey(cell)} ${cell.target} ${rateOf(cell)} ${cell.metric}`, cell]),
  );
  return [...Map.groupBy(ladders, (ladder) => laneKey({ scenario: 'load', ...ladder }))].map(
    ([key, lane], place) => {
      const { route, params } = lane[0]!;
      const rates = [...new Set(lane.flatMap(({ steps }) => steps.map(({ ratePerSec }) => ratePerSec)))];
      return {
        id: `lane-${place + 1}`,
        title: caseText({ scenario: 'load', route, params }),
        ...{ route, params, ladders: lane, rates: rates.sort((a, b) => a - b) },
        cell: (target, ratePerSec, metric) => index.get(`${key} ${target} ${ratePerSec} ${metric}`),
      };
    },
  );
}

function costTable(lane: Lane): Table {
  const metric = costMetric(lane.route);
  const capacity: Row = {
    head: 'highest kept',
    cells: lane.ladders.map(({ kept, broken, limiter }) => ({
      text: capacityText({ center: kept ?? 0, hi: broken }),
      ...(limiter && { detail: limiterText(limiter) }),
    })),
  };
  return table(lane, metricTitle(metric, 'load'), metric, [capacity]);
}

function tailTable(lane: Lane): Table {
  return table(lane, 'p99', 'p99', []);
}

function table(lane: Lane, title: string, metric: string, last: readonly Row[]): Table {
  return {
    id: `${lane.id}-${metric}`,
    facets: facetsOf({ scenario: 'load', ...lane }),
    title: `${title} by offered rate: ${lane.title}`,
    corner: 'offered',
    narrow: 'split',
    columns: lane.ladders.map(({ target }) => ({ title: target, target })),
    rows: [
      ...lane.rates.map((rate) => ({
        head: scaled(rate, '1/s'),
        cells: lane.ladders.map(({ target, steps }) => {
          const step = steps.find(({ ratePerSec }) => ratePerSec === rate);
          return stepText(step, lane.cell(target, rate, metric));
        }),
      })),
      ...last,
    ],
  };
}

function stepText(step: LadderStep | undefined, cell: Cell | undefined): Text {
  if (!step) return { text: '–', tone: 'none' };
  if (step.outcome === 'generator') return { text: 'generator', tone: 'unranked', ...reasonOf(step) };
  if (step.outcome === 'breaks') return { text: 'broke', tone: 'broken', ...reasonOf(step) };
  if (!cell) return { text: '–', tone: 'none' };
  const half = spread(cell.estimate);
  const value = scaled(cell.estimate.center, cell.unit);
  if (step.outcome === 'undecided')
    return { text: `${value}, undecided`, tone: 'undecided', ...reasonOf(step) };
  const interval = intervalText(cell.estimate, cell.unit);
  const title = interval && `${interval} (95 %), n = ${cell.estimate.n}`;
  return { text: value, value: cell.estimate.center, ...(title && { title }), ...(half && { spread: half }) };
}

function reasonOf({ reason }: LadderStep): { title?: string } {
  return reason === undefined ? {} : { title: reason };
}
