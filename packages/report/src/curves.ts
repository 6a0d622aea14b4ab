import type { Curve, CurvePoint } from '@ws-arena/results/curve';
import type { MeasuredCase } from './blocks.ts';
import { MergedHistogram } from './merged-histogram.ts';
import type { HistogramName } from './metrics.ts';

const STEPS_PER_DECADE = 5;

/** The percentile curves of a case: of messages or handshakes, and of a broadcast's last member. */
export function curvesOf({ case: one, slices }: MeasuredCase): Curve[] {
  const message = one.scenario === 'connect' ? 'handshake' : 'message';
  return [...curve('intended', message), ...curve('lastMember', 'last-member')];

  function curve(name: HistogramName, of: Curve['of']): Curve[] {
    const merged = new MergedHistogram(slices, name);
    if (merged.total === 0) return [];
    return [{ ...one, of, count: merged.total, points: pointsOf(merged) }];
  }
}

function pointsOf(merged: MergedHistogram): CurvePoint[] {
  // Beyond the last value there is nothing to see.
  const last = Math.floor(Math.log10(merged.total) * STEPS_PER_DECADE);
  const quantiles = Array.from({ length: last + 1 }, (_, step) => 1 - 10 ** (-step / STEPS_PER_DECADE));
  return [...quantiles, 1].map((quantile) => ({ quantile, ns: merged.quantileNs(quantile) }));
}
