import { nowNs } from '../clock.ts';

/** A driver that sends on a schedule. */
export interface Scheduled {
  /** Sends what is due by now and was intended before `untilNs`. */
  send(untilNs: number): void;
  /** Nanoseconds until the next message is due; 0 or less when one is. */
  readonly waitNs: number;
}

/** Sends on schedule until `untilNs`. Node's timers are too coarse for that, so the last 2 ms before a send are spun. */
export function sendUntil(driver: Scheduled, untilNs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      driver.send(untilNs);
      if (stop.aborted || nowNs() >= untilNs) return resolve();
      const waitNs = Math.min(driver.waitNs, untilNs - nowNs());
      if (waitNs > 2e6) setTimeout(wake, waitNs / 1e6 - 1);
      else setImmediate(wake);
    };
    wake();
  });
}
