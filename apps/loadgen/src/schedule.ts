import type { Load, LoadSpec } from '@ws-arena/load/load-spec';
import type { Schedule } from './control.ts';

/** Whether a load opens its connections itself, while it runs. */
export function dialsItself({ kind }: Load): boolean {
  return kind === 'connect' || kind === 'hold' || kind === 'limit';
}

/**
 * The times of a job whose load begins at `startNs` of `nowNs`, with so many connections in all processes together;
 * with none that it could load, it is over at once. `hold` and `limit` have no warm-up.
 */
export function scheduleFrom(startNs: number, spec: LoadSpec, connections: number): Schedule {
  const { load } = spec;
  if (connections === 0 && !dialsItself(load)) return { startNs, fromNs: startNs, toNs: startNs };
  const isWarm = load.kind === 'hold' || load.kind === 'limit';
  const fromNs = startNs + (isWarm ? 0 : spec.warmupMs) * 1e6;
  return { startNs, fromNs, toNs: fromNs + (load.kind === 'hold' ? load.holdMs : spec.durationMs) * 1e6 };
}
