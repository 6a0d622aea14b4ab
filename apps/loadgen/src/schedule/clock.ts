import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

const offsetNs = monotonicOffset();

/**
 * Nanoseconds on CLOCK_MONOTONIC: the processes of one machine agree on it. `performance.now` counts from the start of
 * its process, and unlike `process.hrtime` a call of it allocates nothing.
 */
export function nowNs(): number {
  return performance.now() * 1e6 + offsetNs;
}

/** Resolves at `timeNs` of `nowNs` or up to some ms later, never before; at once when `stop` is or gets aborted. */
export async function waitUntil(timeNs: number, stop: AbortSignal): Promise<void> {
  // A timer of Node may fire up to 1 ms early.
  for (let leftNs = timeNs - nowNs(); leftNs > 0 && !stop.aborted; leftNs = timeNs - nowNs())
    await delay(Math.ceil(leftNs / 1e6), undefined, { signal: stop }).catch(() => {});
}

/**
 * What to add to this process's `performance.now`. It is read after the monotonic clock, so each reading is too small by
 * the time between both calls: the largest is the closest.
 */
function monotonicOffset(): number {
  let offset = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 50; i++) {
    const monotonic = Number(process.hrtime.bigint());
    offset = Math.max(offset, monotonic - performance.now() * 1e6);
  }
  return offset;
}
