import { decodeHistogram, type EncodedHistogram } from '@ws-arena/load/histogram';

const TICKS_PER_HALF_DISTANCE = 5;
const NS_PER_MS = 1e6;

/**
 * The percentile distribution of a histogram of nanoseconds, in milliseconds, as HdrHistogram's `outputPercentileDistribution`
 * writes it and its plotters read it (hdrhistogram.github.io/HdrHistogram/plotFiles.html).
 */
export function percentileFile(encoded: EncodedHistogram): string {
  return decodeHistogram(encoded).outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, NS_PER_MS);
}
