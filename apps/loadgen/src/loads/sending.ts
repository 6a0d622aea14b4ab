import { setImmediate as immediate } from 'node:timers/promises';
import { nowNs } from '../clock.ts';
import { waitUntil } from '../wait.ts';

/** What is still to be sent at the end may leave for so long; what then is left has not been sent. */
const BACKLOG_NS = 100e6;

/** A driver that sends on a schedule. */
export interface Scheduled {
  /** Sends what is due by now and was intended before `untilNs`; false when it left some of it for later. */
  send(untilNs: number): boolean;
}

/** What is being sent until when; woken by a `Ticker` for each message that is due. */
export class Sending {
  readonly #driver: Scheduled;
  readonly #stop: AbortSignal;
  #untilNs = 0;

  constructor(driver: Scheduled, stop: AbortSignal) {
    this.#driver = driver;
    this.#stop = stop;
  }

  /** Sends what is due. */
  readonly wake = (): void => {
    // Replies are read between two rounds of a long backlog.
    if (!this.#stop.aborted && !this.#driver.send(this.#untilNs)) setImmediate(this.wake);
  };

  /** Sends on schedule until `untilNs`. */
  async until(untilNs: number): Promise<void> {
    this.#untilNs = untilNs;
    this.wake();
    await waitUntil(untilNs, this.#stop);
    for (let more = true; more && !this.#stop.aborted && nowNs() < untilNs + BACKLOG_NS; ) {
      more = !this.#driver.send(untilNs);
      if (more) await immediate();
    }
  }
}
