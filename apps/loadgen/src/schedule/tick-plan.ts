import type { PaceSettings } from './pacer.ts';

/** A schedule for the ticker's thread. */
export interface TickJob {
  readonly pace: PaceSettings;
  /** Times of `nowNs`: when the schedule begins, and when ticking ends. */
  readonly startNs: number;
  readonly toNs: number;
}

/** Cells of the memory that the ticker shares with its thread. */
export const TICKS = 0;
export const STOP = 1;

/** Messages that are due closer together than this share a tick: a tick costs some 20 µs of CPU. */
export const SHORTEST_TICK_NS = 100_000;
