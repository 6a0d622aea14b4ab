import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import type { EncodedHistogram } from './encoded-histogram.ts';

export type { EncodedHistogram };

/** An empty histogram from 1 ns to one hour with three significant digits, grown as needed. */
export function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000_000,
    numberOfSignificantValueDigits: 3,
  });
}

/** The stored form of `histogram`. */
export function encodeHistogram(histogram: Histogram): EncodedHistogram {
  return encodeIntoCompressedBase64(histogram);
}

/** @throws Error when `text` is not a stored histogram. */
export function decodeHistogram(text: EncodedHistogram): Histogram {
  return decodeFromCompressedBase64(text, 64);
}

/** One histogram of all; percentiles are taken from it, because percentiles cannot be averaged. */
export function mergeHistograms(encoded: readonly EncodedHistogram[]): Histogram {
  const merged = emptyHistogram();
  for (const text of encoded) merged.add(decodeHistogram(text));
  return merged;
}
