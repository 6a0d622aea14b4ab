import type { Curve, CurvePoint, HoldLine } from '@ws-arena/results/report-file';
import { type histogramsOf, MIN_HOLD_STEPS } from './figures.ts';
import type { HistogramName } from './metrics.ts';
import type { MeasuredCase } from './rounds.ts';
import { mergeSparse, quantileOf, type SparseHistogram } from './sparse-histogram.ts';
import { leastSquares } from './statistics/least-squares.ts';

/** Reads a trial's histograms; summarize keeps them, so that none is read twice. */
export type Histograms = (trial: MeasuredCase['good'][number]) => ReturnType<typeof histogramsOf>;

const STEPS_PER_DECADE = 5;

/** The merged histogram of all rounds of a case, or undefined when none has it. */
export function mergedHistogram(
  measured: MeasuredCase,
  name: HistogramName,
  histograms: Histograms,
): SparseHistogram | undefined {
  const found = measured.good.flatMap((trial) => histograms(trial).get(name) ?? []);
  return found.length === 0 ? undefined : mergeSparse(found);
}

/** The curves of a case: of messages in an open loop, of a broadcast's last member, of handshakes. */
export function curvesOf(
  measured: MeasuredCase,
  merged: (name: HistogramName) => SparseHistogram | undefined,
): Curve[] {
  const curve = (of: Curve['of'], intended?: SparseHistogram, actual?: SparseHistogram): Curve[] => {
    const shaping = intended ?? actual;
    if (!shaping) return [];
    return [
      { ...measured.case, of, count: shaping.total, points: pointsOf(shaping.total, intended, actual) },
    ];
  };
  switch (measured.case.scenario) {
    case 'latency':
    case 'http':
      return curve('message', merged('latencyIntended'), merged('latencyActual'));
    case 'broadcast':
      return [...curve('message', merged('latencyIntended')), ...curve('last-member', merged('latencyLast'))];
    case 'connect':
      return curve(
        'handshake',
        measured.case.params.ratePerSec === undefined ? undefined : merged('latencyIntended'),
      );
    default:
      return [];
  }
}

// Steps are even on the axis that latency curves are drawn on, the logarithm of 1 ÷ (1 − quantile), and end where one
// value is left beyond them.
function pointsOf(count: number, intended?: SparseHistogram, actual?: SparseHistogram): CurvePoint[] {
  const last = Math.floor(Math.log10(Math.max(1, count)) * STEPS_PER_DECADE);
  const quantiles = Array.from({ length: last + 1 }, (_, step) => 1 - 10 ** (-step / STEPS_PER_DECADE));
  quantiles.push(1);
  return quantiles.map((quantile) => ({
    quantile,
    intendedNs: intended ? quantileOf(intended, quantile) : null,
    actualNs: actual ? quantileOf(actual, quantile) : null,
  }));
}

/** Memory over connections in `hold`, with a line through all rounds; empty with too few steps. */
export function holdLinesOf({ case: one, good }: MeasuredCase): HoldLine[] {
  if (one.scenario !== 'hold') return [];
  const { target, route, params } = one;
  return (['server', 'proxy'] as const).flatMap((process) => {
    const points = good.flatMap(({ round, held = [] }) =>
      held.flatMap(({ connections, serverRssBytes, proxyRssBytes }) => {
        const bytes = process === 'server' ? serverRssBytes : proxyRssBytes;
        return bytes === undefined ? [] : [{ round, connections, bytes }];
      }),
    );
    if (new Set(points.map((point) => point.connections)).size < MIN_HOLD_STEPS) return [];
    const line = leastSquares(points.map(({ connections: x, bytes: y }) => ({ x, y })));
    if (!line) return [];
    const { slope: bytesPerConnection, intercept: interceptBytes } = line;
    return [{ target, route, params, process, bytesPerConnection, interceptBytes, points }];
  });
}
