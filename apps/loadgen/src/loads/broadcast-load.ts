import type { BroadcastLoad } from '@ws-arena/load/load-spec';
import { nowNs } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { Control, Schedule } from '../control.ts';
import type { Driver } from '../driver.ts';
import { readActual, readIntended, readSequence, writeSequence, writeTimes } from '../message-header.ts';
import { type Pacer, type PaceSettings, pacerOf } from '../pacer.ts';
import { Recorder } from '../recorder.ts';
import type { SequenceFaults } from '../sequence.ts';
import type { Session } from '../session.ts';
import type { DeliveryLog } from '../share-result.ts';
import { Ticker } from '../ticker.ts';
import { wait, waitUntil } from '../wait.ts';
import type { Window } from '../window.ts';
import { LATE_NS } from './open-load.ts';
import { Sending } from './sending.ts';

/** Without a rate, a message that some member never gets is given up after this. */
const PATIENCE_MS = 1000;

/** One member sends, every member counts what it gets. Each of several processes has members; the first has the sender. */
export class BroadcastDriver implements Driver {
  readonly faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  readonly intended = new Recorder();
  readonly actual = new Recorder();
  readonly lag = new Recorder();
  readonly members: number;
  sent = 0;
  offered = 0;
  late = 0;
  delivered = 0;
  /** Called when every member of this process has the message that was sent last. */
  complete: () => void = () => {};
  readonly #session: Session;
  readonly #schedule: Schedule;
  readonly #pacer: Pacer;
  #frame: Buffer;
  #next = 0;
  #counts = new Uint32Array(1024);
  #lastNs = new Float64Array(1024);
  #got = 0;
  #readNs = 0;

  constructor(session: Session, schedule: Schedule, pacer: Pacer) {
    this.#session = session;
    this.#schedule = schedule;
    this.#pacer = pacer;
    this.#frame = Buffer.from(session.frames.bytes);
    this.members = session.open.size;
    for (const { sequence } of session.open) {
      sequence.next = Number.POSITIVE_INFINITY;
      sequence.from = 0;
    }
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    const { payload, headerAt } = this.#session.message;
    const at = payloadAt + headerAt;
    const number = payloadAt < 0 || end - payloadAt !== payload.length ? -1 : readSequence(data, at);
    if (!this.#isNew(connection, number)) return;
    if (number === this.#next - 1 && ++this.#got === this.#session.open.size) this.complete();
    const { startNs, fromNs, toNs } = this.#schedule;
    const intendedNs = readIntended(data, at) + startNs;
    if (intendedNs < fromNs || intendedNs >= toNs) return;
    if (this.#readNs === 0) this.#readNs = nowNs();
    const latencyNs = this.#readNs - intendedNs;
    this.delivered++;
    this.intended.record(latencyNs);
    this.actual.record(this.#readNs - startNs - readActual(data, at));
    this.#log(number, latencyNs);
  }

  batch(): void {
    this.#readNs = 0;
  }

  /** Sends what is due by now and was intended before `untilNs`. */
  send(untilNs: number): boolean {
    const { startNs } = this.#schedule;
    for (;;) {
      const intendedNs = this.#pacer.nextNs + startNs;
      const now = nowNs();
      if (intendedNs >= untilNs || intendedNs > now) return true;
      this.sendOne(intendedNs, now);
      this.#pacer.advance();
    }
  }

  /** Sends one message by the first member that is still there. */
  sendOne(intendedNs: number, actualNs: number): void {
    const { startNs, fromNs, toNs } = this.#schedule;
    const inWindow = intendedNs >= fromNs && intendedNs < toNs;
    if (inWindow) {
      this.offered++;
      this.lag.record(actualNs - intendedNs);
      if (actualNs - intendedNs > LATE_NS) this.late++;
    }
    const [sender] = this.#session.open;
    if (!sender) return;
    const { headerAt, headerMask } = this.#session.frames;
    writeSequence(this.#frame, headerAt, headerMask, this.#next++);
    writeTimes(this.#frame, headerAt, headerMask, intendedNs - startNs, actualNs - startNs);
    this.#got = 0;
    this.#session.counters.sent++;
    if (inWindow) this.sent++;
    if (!sender.write(this.#frame)) this.#frame = Buffer.from(this.#frame);
  }

  /** How many deliveries each message of the window had here, and when the last was. */
  deliveries(): DeliveryLog {
    return { members: this.members, count: this.#counts, lastNs: this.#lastNs };
  }

  #isNew({ sequence }: Connection, number: number): boolean {
    if (number === sequence.expected) {
      sequence.expected++;
      return true;
    }
    const before = this.faults.duplicated + this.faults.corrupted;
    sequence.fault(number, this.faults);
    return this.faults.duplicated + this.faults.corrupted === before;
  }

  #log(number: number, latencyNs: number): void {
    if (number >= this.#counts.length) {
      const bytes = 2 ** Math.ceil(Math.log2(number + 1));
      const counts = new Uint32Array(bytes);
      const lastNs = new Float64Array(bytes);
      counts.set(this.#counts);
      lastNs.set(this.#lastNs);
      this.#counts = counts;
      this.#lastNs = lastNs;
    }
    this.#counts[number]!++;
    if (latencyNs > this.#lastNs[number]!) this.#lastNs[number] = latencyNs;
  }
}

/** Runs a broadcast over the schedule, and waits `drainMs` at most for deliveries. */
export async function runBroadcast(
  session: Session,
  load: BroadcastLoad,
  control: Control,
  window: Window,
): Promise<BroadcastDriver> {
  const ticks = load.ratePerSec > 0 && control.part === 0;
  const ticker = ticks ? await Ticker.ready() : undefined;
  const schedule = await control.connected(session.open.size);
  const { startNs, fromNs, toNs } = schedule;
  const pace: PaceSettings = {
    ratePerSec: load.ratePerSec || 1,
    arrivals: 'constant',
    profile: 'constant',
    warmupNs: fromNs - startNs,
    durationNs: toNs - fromNs,
    part: 0,
    parts: 1,
    seed: 0,
  };
  const driver = new BroadcastDriver(session, schedule, pacerOf(pace));
  session.driver = driver;
  const sending = new Sending(driver, control.stop);
  const sends = (untilNs: number) => {
    if (control.part > 0) return waitUntil(untilNs, control.stop);
    return ticker ? sending.until(untilNs) : sendWhenComplete(driver, untilNs, control.stop);
  };
  // The members of the other processes are there before the first message: the schedule leaves time for it.
  await waitUntil(startNs, control.stop);
  ticker?.run({ pace, startNs, toNs }, sending.wake);
  await sends(fromNs);
  window.begin();
  control.measuring();
  await sends(toNs);
  window.end();
  await ticker?.stop();
  control.measured();
  await drained(driver, session.spec.drainMs, control);
  return driver;
}

/** Sends the next message when every member has the one before, until `untilNs`. */
function sendWhenComplete(driver: BroadcastDriver, untilNs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let patience: NodeJS.Timeout | undefined;
    const next = () => {
      clearTimeout(patience);
      const now = nowNs();
      if (now >= untilNs || stop.aborted) {
        driver.complete = () => {};
        resolve();
        return;
      }
      patience = setTimeout(next, PATIENCE_MS);
      driver.sendOne(now, now);
    };
    driver.complete = next;
    next();
  });
}

/** Waits for deliveries: until all are there, or none has come for a while that is long on a busy machine. */
async function drained(driver: BroadcastDriver, drainMs: number, control: Control): Promise<void> {
  const step = 20;
  for (let waited = 0; waited < drainMs && !control.stop.aborted; waited += step) {
    // Only the process that sends knows how many are to come; the others wait for silence.
    if (control.part === 0 && driver.delivered >= driver.sent * driver.members) return;
    const before = driver.delivered;
    await wait(control.part === 0 ? step : 10 * step, control.stop);
    if (control.part > 0 && driver.delivered === before) return;
  }
}
