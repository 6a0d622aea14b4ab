import type { Warning } from '@ws-arena/load/warning';
import {
  type Cell,
  type Estimate,
  type Fact,
  REPORT_SCHEMA_VERSION,
  type Report,
} from '@ws-arena/results/report-file';
import type { Run } from '@ws-arena/results/run-file';
import { replacingScenarios, type Trial } from '@ws-arena/results/trial';
import { type MeasuredCase, measuredCases } from './blocks.ts';
import { compareToBaseline, type Measured } from './compare.ts';
import { curvesOf } from './curves.ts';
import { doubt } from './doubt.ts';
import type { Figure } from './figure.ts';
import { figuresOf } from './figures.ts';
import { holdLinesOf } from './hold.ts';
import { equalLoadRates, isCarried, laddersOf, laneKey, rateOf } from './ladders.ts';
import { limiterOf } from './limiter.ts';
import { type Metric, metrics } from './metrics.ts';
import { costResolution, needsOf } from './needs.ts';
import { neighbourCostsOf } from './neighbour-cost.ts';
import { bannerOf, noiseOf } from './noise.ts';
import { notesOf, problemsOf } from './notes.ts';
import { proxyCostsOf } from './proxy-cost.ts';
import { absencesOf, backInTime } from './replacing.ts';
import { bootstrapQuantile } from './statistics/block-bootstrap.ts';
import type { Interval } from './statistics/interval.ts';
import { median } from './statistics/median.ts';
import { medianInterval } from './statistics/median-interval.ts';
import { tailWarnings, typicalFew, typicalLag } from './tail-warnings.ts';
import { upstreamCostsOf } from './upstream-cost.ts';
import { variantsOf } from './variants.ts';
import { scaled } from './view/scale.ts';
import { warningsOf } from './warnings.ts';

/** What a summary may be asked for. */
export interface SummaryOptions {
  /** The target that the others are compared to; otherwise `ws`, or the first that ran. */
  readonly baseline?: string;
}

/** Never wider than this, however little a run was asked to resolve. */
const WIDEST_EQUALITY = 0.1;

/** The summary of a run: every figure with its interval, limiter and doubts, and every comparison. */
export function summarize(run: Run, { baseline }: SummaryOptions = {}): Report {
  const { environment, precision, command, preset, startedAt } = run.header;
  const { cpus, cores } = environment;
  const sharedCore = cpus !== undefined && cpus.server === cpus.proxy;
  // A ratio measured as precisely as asked for, and not told from 1, is within twice that of 1: then it is equal.
  const equalWithin = Math.min(WIDEST_EQUALITY, 2 * precision.halfWidth);
  const cases = measuredCases(run);
  const measured = cases.flatMap((one) => measuredOf(one, sharedCore, cores));
  const ladders = laddersOf(cases, { p99BoundMs: precision.p99BoundMs, sharedCore });
  const needs = needsOf({ run, measured, ladders, equalWithin });
  const rates = equalLoadRates(ladders);
  const carried = isCarried(ladders);
  const comparable = measured.filter(({ cell }) => carried(cell));
  // Curves of every step of a ladder would hide those of the rate at which the targets are compared.
  const drawn = cases.filter(
    ({ case: one }) => one.scenario !== 'load' || rates.get(laneKey(one)) === rateOf(one),
  );
  const comparisons = compareToBaseline(comparable, baseline ?? defaultBaseline(measured), equalWithin);
  const noise = noiseOf(run.slices, cores);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    command,
    preset,
    startedAt,
    finishedAt: run.end?.finishedAt ?? lastSeen(run),
    environment,
    precision,
    equalWithin,
    resolution: costResolution(needs),
    noise,
    banner: bannerOf(noise),
    targets: run.targets,
    cells: measured.map(({ cell }) => cell),
    comparisons,
    proxyCosts: proxyCostsOf(measured, ladders, equalWithin),
    neighbourCosts: neighbourCostsOf(measured, equalWithin),
    upstreamCosts: upstreamCostsOf(measured, ladders, equalWithin),
    variants: variantsOf(comparable, cases, equalWithin),
    ladders,
    curves: drawn.flatMap(curvesOf),
    holdLines: cases.flatMap(holdLinesOf),
    absences: cases.flatMap(absencesOf),
    facts: cases.flatMap(factsOf),
    needs,
    notes: notesOf(run, comparisons),
    measured: { slices: run.slices.length, trials: run.trials.length },
    conformance: run.conformance,
    problems: [...run.problems, ...problemsOf(run, cases)],
  };
}

function lastSeen({ header: { startedAt }, slices, trials }: Run): string {
  const lastSlice = new Date(Date.parse(startedAt) + (slices.at(-1)?.atMs ?? 0)).toISOString();
  return [lastSlice, trials.at(-1)?.startedAt ?? startedAt].sort().at(-1)!;
}

function defaultBaseline(measured: readonly Measured[]): string {
  const names = new Set(measured.map(({ cell }) => cell.target));
  return names.has('ws') ? 'ws' : ([...names][0] ?? 'ws');
}

function measuredOf(one: MeasuredCase, sharedCore: boolean, cores: number): Measured[] {
  const { index, case: of, slices } = one;
  const busy = [...replacingScenarios, 'tokens'].includes(of.scenario) ? one.trials.map(asBusy) : slices;
  const limiter = busy.length > 0 ? limiterOf(busy, sharedCore) : null;
  const warnings = warningsOf(one, cores);
  const tail = tailWarnings(slices);
  return figuresOf(one).map((figure) => {
    const metric: Metric = metrics[figure.metric];
    const cell: Cell = {
      case: index,
      ...of,
      metric: figure.metric,
      unit: metric.unit,
      better: metric.better,
      estimate: estimateOf(figure, metric),
      limiter,
      warnings: [
        ...warnings,
        ...(limiter === 'none' && of.scenario === 'echo' ? [NOT_SATURATED] : []),
        ...tail(metric),
        ...typicalLag(figure),
        ...typicalFew(figure, slices),
        ...(metric.cost ? unevenCost(figure, metric) : []),
      ],
    };
    return { cell, figure };
  });
}

/** A trial, for the question what limited it. */
function asBusy({ load, usage }: Trial) {
  return { ...(load && { load: { wallNs: load.measuredNs } }), ...(usage && { usage }) };
}

const NOT_SATURATED: Warning = {
  kind: 'not-saturated',
  detail: 'nothing was saturated: the number of messages in flight set this rate',
};

/** A mean this many times the median is reported beside it. */
const UNEVEN = 1.1;

/** Where some slices cost far more than most, as with a garbage collector, the mean is above the median. The generator ranks nobody. */
function unevenCost({ metric, values }: Figure, { title }: Metric): Warning[] {
  if (metric === 'cpuGenerator') return [];
  const costs = [...values.values()];
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const lumps = 'a few slices cost far more than the others, as with garbage collection';
  const detail = `${lumps}: the mean of ${title} is ${scaled(mean, 'ns')}`;
  return doubt(mean > UNEVEN * median(costs), 'uneven-cost', detail);
}

function estimateOf({ values, histograms }: Figure, { quantile }: Metric): Estimate {
  const interval: Interval =
    quantile && histograms
      ? bootstrapQuantile(histograms.pool, quantile.at)
      : medianInterval([...values.values()]);
  const bounded = Number.isFinite(interval.hi);
  return {
    center: interval.center,
    lo: bounded ? interval.lo : null,
    hi: bounded ? interval.hi : null,
    n: (histograms ?? values).size,
  };
}

function factsOf({ case: one, trials }: MeasuredCase): Fact[] {
  const past = [...new Set(trials.flatMap(({ load }) => load?.limit?.past ?? []))];
  const inTime = backInTime(trials);
  return [
    ...(past.length > 0 ? [{ ...one, name: 'pastLimit' as const, value: past.join(' or ') }] : []),
    ...(inTime ? [{ ...one, name: 'backInTime' as const, value: inTime }] : []),
  ];
}
