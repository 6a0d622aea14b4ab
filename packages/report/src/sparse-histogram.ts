import { inflateSync } from 'node:zlib';
import type { EncodedHistogram } from '@ws-arena/load/histogram';

/** What a stored histogram holds, without its empty buckets. */
export interface SparseHistogram {
  /** Ascending numbers of the buckets that hold values, in HdrHistogram's layout. */
  readonly buckets: Int32Array;
  /** How many values are in each of these buckets and all before it. */
  readonly cumulative: Float64Array;
  /** Values in all. */
  readonly total: number;
  readonly layout: Layout;
}

/** How buckets stand for values: 2 to the power of `halfMagnitude` buckets for each doubling, from 2^`unit` ns on. */
interface Layout {
  readonly halfMagnitude: number;
  readonly unit: number;
}

const COMPRESSED_COOKIE = 0x1c849304;
const COOKIE = 0x1c849303;
const HEADER_BYTES = 40;
/** What most histograms fit into: a buffer is allocated for each that is read. */
const CHUNK_BYTES = 4096;

/**
 * Reads an HdrHistogram (V2, compressed, base64) without building its array of counts, which hdr-histogram-js does:
 * a report of 10,000 trials needs to be several times faster.
 * @throws Error when `text` is not a stored histogram.
 */
export function readHistogram(text: EncodedHistogram): SparseHistogram {
  const packed = Buffer.from(text, 'base64');
  if (packed.length < 8 || (packed.readUInt32BE(0) & ~0xf0) >>> 0 !== COMPRESSED_COOKIE) {
    throw new Error('not a compressed V2 HdrHistogram');
  }
  const data = inflateSync(packed.subarray(8, 8 + packed.readUInt32BE(4)), { chunkSize: CHUNK_BYTES });
  if (data.length < HEADER_BYTES || (data.readUInt32BE(0) & ~0xf0) >>> 0 !== COOKIE) {
    throw new Error('not a V2 HdrHistogram');
  }
  const digits = data.readUInt32BE(12);
  const unit = Math.floor(Math.log2(Number(data.readBigInt64BE(16))));
  // Sub-buckets double until a unit is resolved to `digits` decimal digits.
  const halfMagnitude = Math.ceil(Math.log2(2 * 10 ** digits)) - 1;
  const payload = data.subarray(HEADER_BYTES, HEADER_BYTES + data.readUInt32BE(4));
  return sparse(payload, { halfMagnitude, unit });
}

// Scratch that grows and is used again: thousands of histograms are read and merged one after the other, and what is
// kept of each is far smaller than what it may take.
let buckets = new Int32Array(0);
let cumulative = new Float64Array(0);
let counts = new Float64Array(0);

function reserve(size: number): void {
  if (buckets.length >= size) return;
  buckets = new Int32Array(2 * size);
  cumulative = new Float64Array(2 * size);
  counts = new Float64Array(2 * size);
}

function sparse(payload: Uint8Array, layout: Layout): SparseHistogram {
  reserve(payload.length);
  const intoBuckets = buckets;
  const intoCumulative = cumulative;
  const end = payload.length;
  let size = 0;
  let total = 0;
  let bucket = 0;
  let at = 0;
  while (at < end) {
    // ZigZag LEB128, nearly always one byte or two: those stay whole numbers of 31 bits, which is what makes this fast.
    let zigzag = payload[at++]!;
    let count: number;
    if (zigzag >= 0x80) zigzag = (zigzag & 0x7f) | (payload[at++]! << 7);
    if (zigzag < 0x4000) {
      if ((zigzag & 1) === 1) {
        // A negative number skips that many empty buckets.
        bucket += (zigzag + 1) >> 1;
        continue;
      }
      count = zigzag >> 1;
    } else {
      const rest = longTail(payload, at);
      at = rest.at;
      const value = (zigzag & 0x3fff) + rest.value;
      if (value % 2 === 1) {
        bucket += (value + 1) / 2;
        continue;
      }
      count = value / 2;
    }
    if (count > 0) {
      total += count;
      intoBuckets[size] = bucket;
      intoCumulative[size] = total;
      size += 1;
    }
    bucket += 1;
  }
  return { buckets: buckets.slice(0, size), cumulative: cumulative.slice(0, size), total, layout };
}

// The third byte of a number and on; the ninth has all its eight bits.
function longTail(payload: Uint8Array, start: number): { readonly value: number; readonly at: number } {
  let value = 0;
  let at = start;
  let scale = 2 ** 14;
  for (let byte = 2; byte < 9; byte += 1) {
    const bits = payload[at]!;
    at += 1;
    value += (byte === 8 ? bits : bits & 0x7f) * scale;
    if (bits < 0x80) break;
    scale *= 128;
  }
  return { value, at };
}

/**
 * One histogram of all; percentiles are taken from it, because percentiles cannot be averaged.
 * @throws Error when the histograms are not of one layout.
 */
export function mergeSparse(histograms: readonly SparseHistogram[]): SparseHistogram {
  const [first] = histograms;
  if (!first) throw new Error('no histograms to merge');
  if (histograms.length === 1) return first;
  const { layout } = first;
  if (
    histograms.some(
      (one) => one.layout.unit !== layout.unit || one.layout.halfMagnitude !== layout.halfMagnitude,
    )
  ) {
    throw new Error('histograms of different layouts cannot be merged');
  }
  const filled = histograms.filter((one) => one.total > 0);
  if (filled.length === 0) return first;
  const lowest = Math.min(...filled.map((one) => one.buckets[0]!));
  const end = Math.max(...filled.map((one) => one.buckets.at(-1)!)) + 1;
  reserve(end);
  counts.fill(0, lowest, end);
  for (const one of filled) addTo(counts, one);
  return compact(lowest, end, layout);
}

function addTo(into: Float64Array, { buckets: own, cumulative: upTo }: SparseHistogram): void {
  let before = 0;
  for (let i = 0; i < own.length; i += 1) {
    into[own[i]!]! += upTo[i]! - before;
    before = upTo[i]!;
  }
}

function compact(lowest: number, end: number, layout: Layout): SparseHistogram {
  const from = counts;
  const intoBuckets = buckets;
  const intoCumulative = cumulative;
  let size = 0;
  let total = 0;
  for (let bucket = lowest; bucket < end; bucket += 1) {
    const count = from[bucket]!;
    if (count === 0) continue;
    total += count;
    intoBuckets[size] = bucket;
    intoCumulative[size] = total;
    size += 1;
  }
  return { buckets: buckets.slice(0, size), cumulative: cumulative.slice(0, size), total, layout };
}

/**
 * The smallest recorded value, in nanoseconds, that at least the share `quantile` (0 to 1) of all values is at or
 * below, as HdrHistogram reports it (the highest equivalent value); 1 is the maximum. NaN when the histogram is empty.
 */
export function quantileOf(histogram: SparseHistogram, quantile: number): number {
  const { total, layout } = histogram;
  if (total === 0) return Number.NaN;
  const wanted = Math.max(1, Math.min(total, Math.ceil(quantile * total - 1e-9)));
  let low = 0;
  let high = histogram.cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (histogram.cumulative[middle]! >= wanted) high = middle;
    else low = middle + 1;
  }
  const half = 2 ** layout.halfMagnitude;
  const bucket = histogram.buckets[low]!;
  const doubling = Math.max(0, Math.floor(bucket / half) - 1);
  const width = 2 ** (doubling + layout.unit);
  return (bucket - doubling * half) * width + width - 1;
}
