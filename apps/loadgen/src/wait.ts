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

/** Resolves at `timeNs` of `nowNs`, up to 1 ms later, or at once when `stop` is or gets aborted. */
export function waitUntil(timeNs: number, stop?: AbortSignal): Promise<void> {
  return wait(Math.ceil((timeNs - nowNs()) / 1e6), stop);
}
