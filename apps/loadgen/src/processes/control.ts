import type { LoadEvent } from '@ws-arena/load/protocol';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';

/** How far a process, or the job, is: totals since its start. */
export interface Tally {
  /** Open now. */
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = (name: keyof Tally) => tallies.reduce((total, one) => total + one[name], 0);
  return { connections: sum('connections'), sent: sum('sent'), received: sum('received') };
}

/** What a running job reports. */
export type JobEvent = Without<
  Extract<LoadEvent, { event: 'connected' | 'held' | 'measuring' | 'measured' }>,
  'id'
>;
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Whoever asked for a job. */
export interface JobClient {
  emit(event: JobEvent): void;
  /** How far the job is, about once a second; absent for a client that does not look. */
  progress?(tally: Tally): void;
  /** When the load begins, once `connections` stand here; absent lets it begin at once. */
  schedule?(connections: number): Promise<Schedule>;
  /** Resolves when a `held` step may be left, or a window that lasts `untilGo` is to end, or the job is stopped. */
  go(): Promise<void>;
  /** Aborted to end the job early; the result then holds what was measured until then. */
  readonly stop: AbortSignal;
}

/** How one process of a job keeps in step with the others and with the caller. */
export interface Control extends WorkerRole {
  /** The connections stand; resolves when they do in every process, with the schedule. */
  connected(connections: number): Promise<Schedule>;
  /** A step of `hold` is filled; resolves when it is to go on. */
  held(connections: number): Promise<void>;
  /** Resolves when a window that lasts `untilGo` is to end. */
  over(): Promise<void>;
  measuring(): void;
  measured(): void;
  /** How far this process is, about once a second; absent when nobody looks. */
  readonly tally?: ((tally: Tally) => void) | undefined;
}
