import type { SliceResult } from '@ws-arena/load/slice';
import type { Warning } from '@ws-arena/load/warning';

/** What a group of processes used over one slice, until its last reply. */
export interface SliceUsage {
  /** CPU time on all cores, user and system, in nanoseconds. */
  readonly cpuNs: number;
  /** The busiest thread's time on a core or waiting for one, over the slice's `wallNs`, 0 to 1. */
  readonly saturation: number;
}

/** What else went on in the machine during a slice, in nanoseconds over all cores; proc_stat(5) counts in steps of 10 ms. */
export interface Noise {
  /** CPU time of processes that are not part of the run. */
  readonly othersNs: number;
  /** Time that the hypervisor gave to other machines. */
  readonly stealNs: number;
  /** Time in which some task waited for a core (`some` of /proc/pressure/cpu), the run's own included; 0 where the kernel does not say. */
  readonly pressureNs: number;
}

/**
 * One target's slice of one block: a line of `run.jsonl`. In each block of a case every target is measured once, in random
 * order, so that figures are compared block by block.
 */
export interface SliceLine {
  readonly type: 'slice';
  /** Index in the header's `cases`. */
  readonly case: number;
  /** Number of the block, from 0; the same for all targets that it compares. */
  readonly block: number;
  /** Since the run's start, in milliseconds. */
  readonly atMs: number;
  /** How long its load was offered for, in milliseconds; it ends with the last reply. Absent in runs before it was stored. */
  readonly durationMs?: number;
  /** Absent when the slice failed. */
  readonly load?: SliceResult;
  readonly usage?: {
    readonly server: SliceUsage;
    readonly generator: SliceUsage;
    readonly proxy?: SliceUsage;
    /** What carries rooms between instances; absent where there is none. */
    readonly redis?: SliceUsage;
  };
  readonly noise?: Noise;
  /** Absent when the slice ended well. One sentence. */
  readonly error?: string;
  readonly warnings?: readonly Warning[];
}
