import type { LoadSpec } from '@ws-arena/results/load-spec';
import type { Schedule } from './control.ts';

/** The times of a job whose load begins at `startNs` of `nowNs`. */
export function scheduleFrom(startNs: number, spec: LoadSpec): Schedule {
  const fromNs = startNs + spec.warmupMs * 1e6;
  return { startNs, fromNs, toNs: fromNs + spec.durationMs * 1e6 };
}
