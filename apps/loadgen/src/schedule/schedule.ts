import type { LoadSpec } from '@ws-arena/load/load-spec';

/** When a load begins, and the window that is measured: nanoseconds of `nowNs`, the same for all processes. */
export interface Schedule {
  readonly startNs: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** Which process of a load this is: number `worker` of `workers`, from 0. */
export interface WorkerRole {
  readonly worker: number;
  readonly workers: number;
  /** Aborted when the load is to end early. */
  readonly stop: AbortSignal;
}

/**
 * The times of a job whose load begins at `startNs` of `nowNs`, with so many connections in all processes together; with
 * none that it could load, it is over at once. `hold` and `limit` have no warm-up.
 */
export function scheduleOf(spec: LoadSpec, startNs: number, connections: number): Schedule {
  const { load, warmupMs, durationMs } = spec;
  const dials = load.kind === 'connect' || load.kind === 'limit';
  if (connections === 0 && !dials) return { startNs, fromNs: startNs, toNs: startNs };
  const isWarm = load.kind === 'hold' || load.kind === 'limit';
  const fromNs = startNs + (isWarm ? 0 : warmupMs) * 1e6;
  return { startNs, fromNs, toNs: fromNs + (load.kind === 'hold' ? load.holdMs : durationMs) * 1e6 };
}
