import { setImmediate as immediate } from 'node:timers/promises';
import { Recorder } from '../record/recorder.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import { type Pacer, type PaceSettings, pacerOf } from '../schedule/pacer.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import type { Ticker } from '../schedule/ticker.ts';

/** What leaves later than this after its time counts as late. */
const LATE_NS = 5e6;
/** What is still to be sent at the end may leave for so long; what then is left has not been sent. */
const BACKLOG_NS = 100e6;

/** What one departure of a schedule is. */
export interface Departure {
  /** Messages of one departure; the rate counts messages. */
  readonly messages: number;
  /** The clock is read again after so many departures of one wake-up, and after `perWake` of them replies are read. */
  readonly perClock: number;
  readonly perWake: number;
  /** Lets them leave; `measured` is whether they were intended in the window. Called for each, so it allocates nothing. */
  depart(intendedNs: number, nowNs: number, measured: boolean): void;
}

/** The rate of a schedule, and how it varies. */
export type Pace = Pick<PaceSettings, 'ratePerSec' | 'arrivals' | 'profile' | 'seed'>;

/** Follows a schedule: departures leave when they are due, woken by the ticker, and are counted. */
export class Sending {
  readonly lag = new Recorder();
  offered = 0;
  late = 0;
  /** When the first left; 0 before it. */
  firstNs = 0;
  readonly #departure: Departure;
  readonly #role: WorkerRole;
  readonly #ticker: Ticker;
  #schedule: Schedule = { startNs: 0, fromNs: 0, toNs: 0 };
  #pacer!: Pacer;
  #untilNs = 0;

  constructor(departure: Departure, role: WorkerRole, ticker: Ticker) {
    this.#departure = departure;
    this.#role = role;
    this.#ticker = ticker;
  }

  /** Begins to follow `schedule`. */
  start(pace: Pace, schedule: Schedule, slice?: number): void {
    this.lag.clear();
    this.offered = 0;
    this.late = 0;
    this.firstNs = 0;
    const settings: PaceSettings = {
      ...pace,
      ratePerSec: pace.ratePerSec / this.#departure.messages,
      warmupNs: schedule.fromNs - schedule.startNs,
      durationNs: schedule.toNs - schedule.fromNs,
      worker: this.#role.worker,
      workers: this.#role.workers,
      jitter: slice !== undefined,
      seed: pace.seed + (slice ?? 0) * 7919,
    };
    this.#schedule = schedule;
    this.#pacer = pacerOf(settings);
    this.#untilNs = schedule.startNs;
    this.#ticker.run({ pace: settings, startNs: schedule.startNs, toNs: schedule.toNs }, this.#wake);
  }

  /** Lets leave what is due and was intended before `untilNs`, until then. */
  async until(untilNs: number): Promise<void> {
    const { stop } = this.#role;
    this.#untilNs = untilNs;
    this.#wake();
    await waitUntil(untilNs, stop);
    for (let more = true; more && !stop.aborted && nowNs() < untilNs + BACKLOG_NS; ) {
      more = !this.#leave(untilNs);
      if (more) await immediate();
    }
  }

  /** Nothing more leaves; what the schedule wanted and did not get is counted as offered. Resolves when the ticker sleeps. */
  end(): Promise<void> {
    const { stop } = this.#role;
    const { startNs, toNs } = this.#schedule;
    this.#untilNs = startNs;
    const untilNs = stop.aborted ? Math.min(toNs, nowNs()) : toNs;
    for (; this.#pacer.nextNs + startNs < untilNs; this.#pacer.advance())
      this.offered += this.#departure.messages;
    return this.#ticker.stop();
  }

  readonly #wake = (): void => {
    // Replies are read between two rounds of a long backlog.
    if (!this.#role.stop.aborted && !this.#leave(this.#untilNs)) setImmediate(this.#wake);
  };

  /** Lets leave what is due by now and was intended before `untilNs`; false when some of it is left for another turn. */
  #leave(untilNs: number): boolean {
    const { startNs, fromNs } = this.#schedule;
    const { messages, perClock, perWake } = this.#departure;
    let now = nowNs();
    for (let i = 1; i <= perWake; i++) {
      const intendedNs = this.#pacer.nextNs + startNs;
      if (intendedNs >= untilNs || intendedNs > now) return true;
      if (i % perClock === 0) now = nowNs();
      const measured = intendedNs >= fromNs;
      if (measured) {
        if (this.firstNs === 0) this.firstNs = now;
        this.offered += messages;
        this.lag.record(now - intendedNs);
        if (now - intendedNs > LATE_NS) this.late += messages;
      }
      this.#departure.depart(intendedNs, now, measured);
      this.#pacer.advance();
    }
    return false;
  }
}
