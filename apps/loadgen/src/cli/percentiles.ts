import type { EncodedHistogram } from '@ws-arena/load/encoded-histogram';
import { decodeHistogram } from '@ws-arena/load/histogram';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';

/** Percentiles of one histogram, in nanoseconds. */
export interface Percentiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
}

/** The percentiles that the summary prints, or undefined for an absent or empty histogram. */
export function percentilesOf(encoded: EncodedHistogram | undefined): Percentiles | undefined {
  const histogram = encoded === undefined ? undefined : decodeHistogram(encoded);
  if (!histogram || histogram.totalCount === 0) return undefined;
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile);
  return {
    count: histogram.totalCount,
    mean: histogram.mean,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    'p99.9': at(99.9),
    max: histogram.maxValue,
  };
}

/** The distributions of a result that have samples, by the names that the summary prints. */
export function distributions(spec: LoadSpec, result: LoadResult): Record<string, Percentiles> {
  const all: Record<string, Percentiles | undefined> = {
    latency: percentilesOf(result.latencyIntended),
    'from the send': percentilesOf(result.latencyActual),
    'last member': percentilesOf(result.latencyLast),
    handshake: percentilesOf(result.handshake),
    'schedule lag': percentilesOf(result.scheduleLag),
  };
  // A closed loop's round trip at saturation says how many messages are under way, not how long a user waits.
  if (spec.load.kind === 'closed') {
    all['round trip'] = all['from the send'];
    delete all['from the send'];
  }
  return Object.fromEntries(
    Object.entries(all).filter((e): e is [string, Percentiles] => e[1] !== undefined),
  );
}
