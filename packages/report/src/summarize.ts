import type { Warning } from '@ws-arena/load/warning';
import {
  type Cell,
  type Estimate,
  type Fact,
  type Limiter,
  REPORT_SCHEMA_VERSION,
  type Report,
} from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import type { Trial } from '@ws-arena/results/trial';
import { compareToBaseline } from './compare.ts';
import { curvesOf, type Histograms, holdLinesOf, mergedHistogram } from './curves.ts';
import { doubtsOf } from './doubts.ts';
import { type Figure, figuresOf, histogramsOf } from './figures.ts';
import { mergeLimiters } from './limiter.ts';
import { type HistogramName, type Metric, type MetricName, metrics } from './metrics.ts';
import { needsOf } from './needs.ts';
import { notesOf, problemsOf } from './notes.ts';
import { proxyCostsOf } from './proxy-cost.ts';
import { type MeasuredCase, measuredCases } from './rounds.ts';
import { scaled } from './scale.ts';
import { quantileOf, type SparseHistogram } from './sparse-histogram.ts';
import { medianInterval } from './statistics/bootstrap.ts';

/** What a summary may be asked for. */
export interface SummaryOptions {
  /** The target that the others are compared to; otherwise `ws`, or the first that ran. */
  readonly baseline?: string;
}

/** With fewer cores, server and proxy are held to one of them and the generator to another. */
const CORES_FOR_EACH_ROLE = 4;

/** A quantile rests on the values beyond it; with fewer than this a doubt is stored with it. */
const VALUES_BEYOND = 10;

/** The summary of a run: every figure with its interval, limiter and doubts, and every comparison. */
export function summarize(run: Run, { baseline }: SummaryOptions = {}): Report {
  const cases = measuredCases(run);
  const { cores, pinning } = run.header.environment;
  const sharedCore = cores < CORES_FOR_EACH_ROLE && !pinning.startsWith('not pinned');
  const unreadable: string[] = [];
  const summaries = cases.map((measured) => summarizeCase(measured, sharedCore, unreadable));
  const cells = summaries.flatMap((summary) => summary.cells);
  const comparisons = compareToBaseline(cells, baseline ?? defaultBaseline(cells));
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    command: run.header.command,
    preset: run.header.preset,
    startedAt: run.header.startedAt,
    finishedAt: run.end?.finishedAt ?? run.trials.at(-1)?.startedAt ?? run.header.startedAt,
    environment: run.header.environment,
    targets: run.targets,
    cells,
    comparisons,
    proxyCosts: proxyCostsOf(cells),
    curves: summaries.flatMap((summary) => summary.curves),
    holdLines: cases.flatMap(holdLinesOf),
    facts: cases.flatMap(factsOf),
    needs: needsOf(cells, run),
    notes: notesOf(run, cells, comparisons),
    rounds: run.trials.reduce((most, { round }) => Math.max(most, round + 1), 0) || run.header.rounds,
    conformance: run.conformance,
    problems: [...run.problems, ...unreadable, ...problemsOf(run, cases)],
  };
}

function defaultBaseline(cells: readonly Cell[]): string {
  const names = new Set(cells.map((cell) => cell.target));
  return names.has('ws') ? 'ws' : ([...names][0] ?? 'ws');
}

function summarizeCase(measured: MeasuredCase, sharedCore: boolean, unreadable: string[]) {
  const read = new Map<Trial, ReturnType<typeof histogramsOf>>();
  const histograms: Histograms = (trial) => {
    if (!read.has(trial)) read.set(trial, histogramsOf(trial));
    return read.get(trial)!;
  };
  const mergedOnce = new Map<HistogramName, SparseHistogram | undefined>();
  const merged = (name: HistogramName) => {
    if (!mergedOnce.has(name)) mergedOnce.set(name, mergedHistogram(measured, name, histograms));
    return mergedOnce.get(name);
  };
  const { scenario, target, route } = measured.case;
  try {
    const figures = measured.good.map((trial) => figuresOf(trial, histograms(trial), sharedCore));
    return { cells: cellsOf(measured, figures, merged, sharedCore), curves: curvesOf(measured, merged) };
  } catch (error) {
    const why = (error as Error).message;
    unreadable.push(
      `${scenario} of ${target} (${route}) was left out, a histogram could not be read: ${why}`,
    );
    return { cells: [], curves: [] };
  }
}

function cellsOf(
  measured: MeasuredCase,
  figures: readonly (readonly Figure[])[],
  merged: (name: HistogramName) => SparseHistogram | undefined,
  sharedCore: boolean,
): Cell[] {
  const byMetric = new Map<MetricName, Figure[]>();
  for (const figure of figures.flat()) {
    const known = byMetric.get(figure.metric);
    if (known) known.push(figure);
    else byMetric.set(figure.metric, [figure]);
  }
  const doubts = doubtsOf(measured);
  return [...byMetric].map(([name, all]) => {
    const found = whereCoreWasFull(all);
    const metric: Metric = metrics[name];
    const histogram = metric.quantile && merged(metric.quantile.of);
    const tail = histogram && (metric.quantile!.at === 1 ? 0 : histogram.total * (1 - metric.quantile!.at));
    const samples = found.map((figure) => figure.value);
    const limiters = mergeLimiters(found.flatMap((figure) => figure.limiter ?? []));
    return {
      ...measured.case,
      metric: name,
      unit: metric.unit,
      better: metric.better,
      // With enough values in each round, the median of the rounds: one stalled round is not to set the figure.
      estimate: estimateOf(
        samples,
        tail !== undefined && tail / found.length < VALUES_BEYOND
          ? quantileOf(histogram!, metric.quantile!.at)
          : undefined,
      ),
      limiter: limiters?.limiter ?? null,
      warnings: [
        ...doubts,
        ...tailDoubt(metric, histogram),
        ...limiterDoubt(limiters, found),
        ...loadDoubt(found, all.length - found.length),
        ...lagDoubt(metric, histogram, merged('scheduleLag')),
        ...contentionDoubt(measured, metric, sharedCore),
      ],
      samples,
    };
  });
}

function estimateOf(samples: readonly number[], merged: number | undefined): Estimate {
  const { center: middle, lo, hi } = medianInterval(samples);
  // A far percentile's center comes from the merged histogram, and may lie beside those of the rounds.
  const center = merged ?? middle;
  return { center, lo: Math.min(lo, center), hi: Math.max(hi, center), n: samples.length };
}

function tailDoubt({ title, quantile }: Metric, histogram: SparseHistogram | undefined): Warning[] {
  if (!quantile || !histogram || quantile.at === 1) return [];
  const beyond = Math.round(histogram.total * (1 - quantile.at));
  if (beyond >= VALUES_BEYOND) return [];
  return [
    { kind: 'few-samples', detail: `${title} of ${histogram.total} values rests on ${beyond} beyond it` },
  ];
}

function limiterDoubt(merged: ReturnType<typeof mergeLimiters>, figures: readonly Figure[]): Warning[] {
  if (!merged?.mixed) return [];
  const counts = new Map<Limiter, number>();
  for (const { limiter } of figures) if (limiter) counts.set(limiter, (counts.get(limiter) ?? 0) + 1);
  const list = [...counts].map(([limiter, count]) => `${limiter} in ${count}`).join(', ');
  return [{ kind: 'mixed-limiter', detail: `the limiter was not the same in all rounds: ${list}` }];
}

/** What a core can do shows where it was full: the other rounds are left out, unless they are the most. */
function whereCoreWasFull(figures: readonly Figure[]): readonly Figure[] {
  const full = figures.filter((figure) => !figure.lowerBound);
  return full.length * 2 > figures.length ? full : figures;
}

/** CPU per message falls as batches grow: a server that was not driven to its limit shows less than it can. */
function loadDoubt(figures: readonly Figure[], leftOut: number): Warning[] {
  if (leftOut > 0) {
    const rounds = leftOut === 1 ? '1 round is' : `${leftOut} rounds are`;
    return [
      {
        kind: 'not-saturated',
        detail: `${rounds} left out, in which the server was not driven to its limit`,
      },
    ];
  }
  if (!figures.some((figure) => figure.lowerBound)) return [];
  const detail =
    'the server was not driven to its limit: with more to do at once it may do more for each core-second';
  return [{ kind: 'not-saturated', detail }];
}

/** From this share of a latency on, the generator's own lateness is a part of the figure worth a doubt. */
const LAG_SHARE = 0.25;

function lagDoubt(
  { title, quantile }: Metric,
  histogram: SparseHistogram | undefined,
  lag: SparseHistogram | undefined,
): Warning[] {
  if (quantile?.of !== 'latencyIntended' || !histogram || !lag) return [];
  const [late, whole] = [lag, histogram].map((one) => quantileOf(one, quantile.at)) as [number, number];
  if (late <= LAG_SHARE * whole) return [];
  const detail = `the generator itself was ${scaled(late, 'ns')} late at ${title}: a part of this figure is its own`;
  return [{ kind: 'generator-lag', detail }];
}

function contentionDoubt({ case: one }: MeasuredCase, { quantile }: Metric, sharedCore: boolean): Warning[] {
  if (!sharedCore || !quantile || one.params.beside !== 'echo') return [];
  return [{ kind: 'cores-shared', detail: 'the HTTP load shared a core with the generator that timed this' }];
}

function factsOf({ case: one, good }: MeasuredCase): Fact[] {
  const values = (name: Fact['name'], of: (trial: Trial) => string | undefined): Fact[] => {
    const found = [...new Set(good.flatMap((trial) => of(trial) ?? []))];
    return found.length > 0 ? [{ ...one, name, value: found.join(' or ') }] : [];
  };
  if (one.scenario === 'limit') return values('pastLimit', (trial) => trial.load?.limit?.past);
  if (one.scenario === 'deflate') return values('extensions', (trial) => trial.load?.extensions || 'none');
  return [];
}
