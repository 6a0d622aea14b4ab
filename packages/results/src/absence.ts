import type { Case } from './trial.ts';

/** The share of the clients of a `deploy`, `storm` or `crash` that had no connection, over the window of its first round. */
export interface Absence extends Case {
  /** Seconds since the window began, and the share then, 0 to 1. */
  readonly course: readonly (readonly [seconds: number, away: number])[];
  /** When instances were ended, in seconds. */
  readonly steps: readonly number[];
}
