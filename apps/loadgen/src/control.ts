/** When the load begins, and the window that is measured: nanoseconds of `nowNs`, the same for all processes. */
export interface Schedule {
  readonly startNs: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** How far a process, or the job, is: totals since its start. */
export interface Tally {
  /** Open now. */
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
}

/** How often a tally is taken, in milliseconds. */
export const TALLY_MS = 1000;

/** What one process does of a job: process number `part` of `parts`, from 0. */
export interface Share {
  readonly part: number;
  readonly parts: number;
  /** Aborted when the job is to end early. */
  readonly stop: AbortSignal;
}

/** How one process of a job keeps step with the others and with whoever asked for the job. */
export interface Control extends Share {
  /** The connections stand; resolves when they do in every process, with the schedule. */
  connected(connections: number): Promise<Schedule>;
  /** A step of `hold` is filled; resolves when it is to go on. */
  held(connections: number): Promise<void>;
  /** Takes the means to see how far the share is; absent when nobody looks. */
  watch?(tally: () => Tally): void;
  measuring(): void;
  measured(): void;
}
