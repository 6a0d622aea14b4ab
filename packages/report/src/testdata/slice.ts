import { bucketOf, sparse } from '@ws-arena/load/buckets';
import type { SliceResult } from '@ws-arena/load/slice';
import type { SliceLine, SliceUsage } from '@ws-arena/results/slice-line';

/** What differs from a quiet slice of 100 ms in which 1,000 messages came back after 1 ms. */
export interface SliceChange {
  readonly case?: number;
  readonly block?: number;
  readonly durationMs?: number;
  readonly load?: Partial<SliceResult>;
  /** Latency of all messages, from the intended and from the real send. */
  readonly intendedMs?: number;
  readonly actualMs?: number;
  /** Saturation of each role; its CPU time is that of the whole slice. */
  readonly server?: number;
  readonly proxy?: number;
  readonly generator?: number;
  readonly usage?: SliceLine['usage'];
  readonly noise?: SliceLine['noise'];
  readonly error?: string;
}

/** One slice for a test that needs only a few. */
export function sliceOf(change: SliceChange = {}): SliceLine {
  const { case: index = 0, block = 0, load, intendedMs = 1, actualMs = intendedMs, noise, error } = change;
  const used = (saturation: number): SliceUsage => ({ cpuNs: saturation * 1e8, saturation });
  const all = (ms: number) => sparse(new Map([[bucketOf(ms * 1e6), 1000]]));
  return {
    ...{ type: 'slice', case: index, block, atMs: 0 },
    load: {
      ...{ wallNs: 1e8, offered: 1000, sent: 1000, delivered: 1000 },
      ...{ lost: 0, duplicated: 0, reordered: 0, corrupted: 0, late: 0, lagP99Ns: 0 },
      ...{ wireSent: 70_000, wireReceived: 70_000, payloadReceived: 64_000 },
      ...{ intended: all(intendedMs), actual: all(actualMs) },
      ...load,
    },
    usage: change.usage ?? {
      server: used(change.server ?? 0.3),
      generator: used(change.generator ?? 0.3),
      ...(change.proxy !== undefined && { proxy: used(change.proxy) }),
    },
    ...(change.durationMs !== undefined && { durationMs: change.durationMs }),
    ...(noise && { noise }),
    ...(error !== undefined && { error }),
  };
}
