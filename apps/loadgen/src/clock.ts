import { performance } from 'node:perf_hooks';

const offsetNs = monotonicOffset();

/**
 * Nanoseconds on CLOCK_MONOTONIC: the processes of one machine agree on it. `performance.now` counts from the start of
 * its process, and unlike `process.hrtime` a call of it allocates nothing.
 */
export function nowNs(): number {
  return performance.now() * 1e6 + offsetNs;
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
