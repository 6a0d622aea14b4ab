import { decodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { Histogram } from 'hdr-histogram-js';
import { parseDuration, parseNumber } from './units.ts';
import { UsageError } from './usage-error.ts';

const operators = ['>', '>=', '<', '<='] as const;

/** One rule of `--fail-if`. */
export interface Threshold {
  /** As it was typed. */
  readonly text: string;
  readonly metric: string;
  readonly operator: (typeof operators)[number];
  /** Nanoseconds for times, a plain number for counts and rates. */
  readonly bound: number;
}

/** What a rule found. */
export interface ThresholdOutcome {
  readonly threshold: Threshold;
  /** Undefined when the run has no such figure, which counts as a miss: a check that saw nothing did not pass. */
  readonly value: number | undefined;
  readonly failed: boolean;
}

const counts: Readonly<Record<string, (result: LoadResult) => number>> = {
  rate: (r) => (r.messages.delivered * 1e9) / r.measuredNs,
  'sent-rate': (r) => (r.messages.sent * 1e9) / r.measuredNs,
  handshakes: (r) => (r.handshakes * 1e9) / r.measuredNs,
  offered: (r) => r.messages.offered,
  sent: (r) => r.messages.sent,
  delivered: (r) => r.messages.delivered,
  lost: (r) => r.messages.lost,
  duplicated: (r) => r.messages.duplicated,
  reordered: (r) => r.messages.reordered,
  corrupted: (r) => r.messages.corrupted,
  opened: (r) => r.connections.opened,
  failed: (r) => sum(r.connections.failed),
  closed: (r) => sum(r.connections.closed),
};

const sum = (byReason: Readonly<Record<string, number>>) =>
  Object.values(byReason).reduce((a, b) => a + b, 0);

const times = /^(?:(handshake|lag)-)?(?:p(\d{1,2}(?:\.\d+)?|100)|(mean|max|min))$/;

const metricNames = `p50 … p99.99, mean, max, min (also as handshake-p99, lag-p99), ${Object.keys(counts).join(', ')}`;

/** Reads a rule such as `p99>20ms`, `lost>0` or `rate<1000`. @throws UsageError for a rule that it cannot check. */
export function parseThreshold(text: string): Threshold {
  const [, metric = '', sign, bound = ''] = /^\s*([a-z][\w.-]*)\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text) ?? [];
  const operator = operators.find((one) => one === sign);
  const source = `--fail-if ${JSON.stringify(text)}`;
  if (!operator)
    throw new UsageError(
      `${source} is no rule; wanted: a figure, > >= < or <=, and a bound, such as 'p99>20ms'`,
    );
  const isTime = times.test(metric);
  if (!isTime && !Object.hasOwn(counts, metric))
    throw new UsageError(`${source}: ${JSON.stringify(metric)} is no figure; the figures are ${metricNames}`);
  return {
    text,
    metric,
    operator,
    bound: isTime ? parseDuration(bound, source) * 1e6 : parseNumber(bound, source),
  };
}

/** Checks every rule against what was measured. */
export function checkThresholds(thresholds: readonly Threshold[], result: LoadResult): ThresholdOutcome[] {
  return thresholds.map((threshold) => {
    const value = figure(threshold.metric, result);
    return { threshold, value, failed: value === undefined || holds(value, threshold) };
  });
}

function holds(value: number, { operator, bound }: Threshold): boolean {
  if (operator === '>') return value > bound;
  if (operator === '>=') return value >= bound;
  return operator === '<' ? value < bound : value <= bound;
}

function figure(metric: string, result: LoadResult): number | undefined {
  const count = counts[metric];
  if (count) return count(result);
  const [, which, percentile, statistic] = times.exec(metric)!;
  const encoded =
    which === 'handshake'
      ? result.handshake
      : which === 'lag'
        ? result.scheduleLag
        : (result.latencyIntended ?? result.latencyActual);
  const histogram = encoded === undefined ? undefined : decodeHistogram(encoded);
  if (!histogram || histogram.totalCount === 0) return undefined;
  return percentile === undefined
    ? statisticOf(histogram, statistic!)
    : histogram.getValueAtPercentile(Number(percentile));
}

function statisticOf(histogram: Histogram, name: string): number {
  if (name === 'mean') return histogram.mean;
  return name === 'max' ? histogram.maxValue : histogram.minNonZeroValue;
}
