/** A server that answers at once, but for one freeze, under an open loop at a constant rate. Milliseconds. */
export interface Freeze {
  /** The measured window, which holds the whole freeze. */
  readonly windowMs: number;
  readonly freezeMs: number;
}

/**
 * The latency that an honest generator reports at `percentile` (0 to 100), in milliseconds, where it is due to the freeze
 * alone. Messages whose intended time lies in the freeze wait for its end, uniformly between 0 and all of it; they are
 * the share freeze/window of all. So at q = percentile/100 the wait is freeze − (1 − q)·window, and 0 where that is
 * negative: in 10 s with 1 s of it p95 is 0.5 s and p99 is 0.9 s, at any rate. A generator that waits for answers before
 * it sends on (coordinated omission) reports almost nothing of this.
 */
export function freezeLatencyMs({ windowMs, freezeMs }: Freeze, percentile: number): number {
  return Math.max(0, freezeMs - (1 - percentile / 100) * windowMs);
}
