import type { Load, LoadSpec } from '@ws-arena/load/load-spec';
import type { Schedule } from './control.ts';

/** Whether a load opens its connections itself, while it runs. */
export function dialsItself({ kind }: Load): boolean {
  return kind === 'connect' || kind === 'hold' || kind === 'limit';
}

/**
 * The times of a job whose load begins at `startNs` of `nowNs`, with so many connections in all processes together;
 * with none that it could load, it is over at once.
 */
export function scheduleFrom(startNs: number, spec: LoadSpec, connections: number): Schedule {
  if (connections === 0 && !dialsItself(spec.load)) return { startNs, fromNs: startNs, toNs: startNs };
  const fromNs = startNs + spec.warmupMs * 1e6;
  return { startNs, fromNs, toNs: fromNs + spec.durationMs * 1e6 };
}
