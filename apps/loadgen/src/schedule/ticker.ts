import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { STOP, TICKS, type TickJob } from './tick-plan.ts';

let shared: Promise<Ticker> | undefined;

/**
 * Wakes the event loop when a message is due. Node's timers count in milliseconds, and spinning on `setImmediate` takes
 * a whole core, which the scheduler then takes away at the wrong moment. A thread that sleeps until the next send is due
 * is exact to some 10 µs and costs CPU only where something is sent (docs/loadgen-cost.md).
 */
export class Ticker {
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #thread: Worker;
  #idle: Promise<unknown>;
  #wake: (() => void) | undefined;
  /** A tick is being waited for. */
  #armed = false;

  private constructor(cells: Int32Array<SharedArrayBuffer>, thread: Worker) {
    this.#cells = cells;
    this.#thread = thread;
    this.#idle = once(thread, 'message');
  }

  /** The process's ticker, started when it is first asked for; resolves when its thread is up. */
  static ready(): Promise<Ticker> {
    shared ??= Ticker.#start();
    return shared;
  }

  static async #start(): Promise<Ticker> {
    sharpenTimers();
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const thread = new Worker(new URL(`./ticker-thread${extname(import.meta.url)}`, import.meta.url), {
      workerData: cells.buffer,
    });
    thread.unref();
    const ticker = new Ticker(cells, thread);
    await ticker.#idle;
    return ticker;
  }

  /** Calls `wake` whenever a message of the job's schedule is due, until `stop`, or the job's end. */
  run(job: TickJob, wake: () => void): void {
    Atomics.store(this.#cells, STOP, 0);
    this.#wake = wake;
    this.#idle = once(this.#thread, 'message');
    this.#thread.postMessage(job);
    // The wait of the job before may not have come to its end.
    if (!this.#armed) this.#arm(Atomics.load(this.#cells, TICKS));
  }

  /** Ends the ticking; resolves when the thread is ready for another job. */
  async stop(): Promise<void> {
    this.#wake = undefined;
    Atomics.store(this.#cells, STOP, 1);
    Atomics.notify(this.#cells, STOP);
    Atomics.notify(this.#cells, TICKS);
    await this.#idle;
  }

  /** Waits for a tick after number `seen`: one that came while messages were sent is seen too. */
  #arm(seen: number): void {
    this.#armed = true;
    const tick = Atomics.waitAsync(this.#cells, TICKS, seen);
    if (tick.async) void tick.value.then(this.#woken);
    else setImmediate(this.#woken);
  }

  readonly #woken = (): void => {
    this.#armed = false;
    if (!this.#wake) return;
    const seen = Atomics.load(this.#cells, TICKS);
    this.#wake();
    this.#arm(seen);
  };
}

/**
 * Linux lets a sleep run over by the thread's timer slack, 50 µs by default (prctl(2), PR_SET_TIMERSLACK); a thread
 * inherits that of the one that starts it.
 */
function sharpenTimers(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1');
  } catch {
    // Not Linux, or not allowed: sleeps run over by 50 µs more, and the schedule-lag histogram shows it.
  }
}
