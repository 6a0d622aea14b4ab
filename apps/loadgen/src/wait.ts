import { nowNs } from './clock.ts';

/** Resolves after `ms` milliseconds, or at once when `stop` is or gets aborted. */
export function wait(ms: number, stop?: AbortSignal): Promise<void> {
  if (stop?.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop?.addEventListener('abort', done, { once: true });
  });
}

/** Resolves at `timeNs` of `nowNs` or up to some ms later, never before; at once when `stop` is or gets aborted. */
export async function waitUntil(timeNs: number, stop?: AbortSignal): Promise<void> {
  // A timer of Node may fire up to 1 ms early.
  for (let leftNs = timeNs - nowNs(); leftNs > 0 && !stop?.aborted; leftNs = timeNs - nowNs()) {
    await wait(Math.ceil(leftNs / 1e6), stop);
  }
}
