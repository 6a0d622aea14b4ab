import type { OpenLoad } from '@ws-arena/load/load-spec';
import { stamp } from '../ack-id.ts';
import { nowNs } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { Control, Schedule } from '../control.ts';
import type { Driver } from '../driver.ts';
import { InFlight } from '../in-flight.ts';
import { HEADER_BYTES, readActual, readIntended, writeTimes } from '../message-header.ts';
import { type Pacer, type PaceSettings, pacerOf } from '../pacer.ts';
import { Recorder } from '../recorder.ts';
import { Replies } from '../reply.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Session } from '../session.ts';
import { settled } from '../settled.ts';
import { Ticker } from '../ticker.ts';
import type { Window } from '../window.ts';
import { Sending } from './sending.ts';

/** A message that leaves later than this after its time counts as late. */
export const LATE_NS = 5e6;
/** The clock is read again after so many sends of one wake-up, and after them replies are read. */
const SENDS_PER_CLOCK = 64;
const SENDS_PER_WAKE = 1024;

/** Messages that leave when the schedule says so, whatever has come back. */
export class OpenDriver implements Driver {
  readonly replies: Replies;
  readonly intended = new Recorder();
  readonly actual = new Recorder();
  readonly lag = new Recorder();
  offered = 0;
  late = 0;
  readonly #session: Session;
  readonly #targets: Connection[];
  readonly #pacer: Pacer;
  readonly #schedule: Schedule;
  readonly #pick: (() => number) | undefined;
  #frame: Buffer;
  /** Only where replies are compressed and cannot be read. */
  readonly #inFlight = new Map<Connection, InFlight>();
  #turn = 0;
  #begun = false;
  /** The clock at this read's first reply; 0 before it. */
  #readNs = 0;

  constructor(session: Session, load: OpenLoad, schedule: Schedule, pacer: Pacer) {
    this.#session = session;
    this.#schedule = schedule;
    this.#pacer = pacer;
    this.#targets = [...session.open];
    // Poisson streams on each connection add up to one Poisson stream whose messages choose a connection by lot.
    const poissonOnEach = load.arrivals === 'poisson' && load.over === 'connection';
    this.#pick = poissonOnEach ? seededRandom(session.spec.payload.seed ^ 0x5bd1e995) : undefined;
    this.#frame = Buffer.from(session.frames.bytes);
    this.replies = new Replies(session);
    if (session.deflate && !session.inflates) {
      for (const connection of this.#targets) this.#inFlight.set(connection, new InFlight());
    }
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    if (this.replies.count(connection, data, payloadAt, end) === 0) return;
    if (payloadAt < 0) {
      const oldest = this.#inFlight.get(connection);
      if (!oldest || oldest.isEmpty) return;
      this.#record(oldest.intendedNs, oldest.actualNs);
      oldest.shift();
      return;
    }
    const headerAt = payloadAt + this.#session.message.headerAt;
    this.#record(readIntended(data, headerAt), readActual(data, headerAt));
  }

  #record(intendedNs: number, actualNs: number): void {
    const { startNs, fromNs, toNs } = this.#schedule;
    if (intendedNs < fromNs - startNs || intendedNs >= toNs - startNs) return;
    if (this.#readNs === 0) this.#readNs = nowNs() - startNs;
    this.intended.record(this.#readNs - intendedNs);
    this.actual.record(this.#readNs - actualNs);
  }

  batch(): void {
    this.#readNs = 0;
  }

  /** Sends what is due by now and was intended before `untilNs`; false when it left some of it for another turn. */
  send(untilNs: number): boolean {
    const { startNs, fromNs } = this.#schedule;
    let now = nowNs();
    for (let i = 1; i <= SENDS_PER_WAKE; i++) {
      const intendedNs = this.#pacer.nextNs + startNs;
      if (intendedNs >= untilNs || intendedNs > now) return true;
      if (i % SENDS_PER_CLOCK === 0) now = nowNs();
      if (intendedNs >= fromNs) {
        if (!this.#begun) this.#begin();
        this.offered++;
        this.lag.record(now - intendedNs);
        if (now - intendedNs > LATE_NS) this.late++;
      }
      this.#sendOne(intendedNs - startNs, now - startNs);
      this.#pacer.advance();
    }
    return false;
  }

  /** Counts what the schedule wanted before `untilNs` and what could not be sent. */
  abandon(untilNs: number): void {
    for (; this.#pacer.nextNs + this.#schedule.startNs < untilNs; this.#pacer.advance()) this.offered++;
  }

  /** The window's messages are those that were intended in it, whenever they left. */
  #begin(): void {
    this.#begun = true;
    for (const { sequence } of this.#targets) sequence.beginWindow();
  }

  #sendOne(intendedNs: number, actualNs: number): void {
    const targets = this.#targets;
    const connection = targets[this.#pick ? this.#pick() % targets.length : this.#turn];
    this.#turn = this.#turn + 1 < targets.length ? this.#turn + 1 : 0;
    // There is none at all where every handshake of this process failed, and others had more luck.
    if (connection?.state !== 'open') return;
    const { frames } = this.#session;
    stamp(this.#frame, 0, frames, connection.sequence.next);
    writeTimes(this.#frame, frames.headerAt, frames.headerMask, intendedNs, actualNs);
    this.#inFlight.get(connection)?.push(intendedNs, actualNs);
    connection.sequence.next++;
    this.#session.counters.sent++;
    if (!connection.write(this.#frame)) this.#frame = Buffer.from(this.#frame);
  }
}

/** Runs the open loop over `schedule`, and waits for what is under way. */
export async function runOpen(
  session: Session,
  load: OpenLoad,
  control: Control,
  window: Window,
): Promise<OpenDriver> {
  if (!session.message.hasTimes) {
    const { length } = session.message.payload;
    throw new Error(
      `an open loop writes its times into each message, and ${length} bytes hold none; wanted: ${HEADER_BYTES} or more`,
    );
  }
  const ticker = await Ticker.ready();
  const schedule = await control.connected(session.open.size);
  const { startNs, fromNs, toNs } = schedule;
  const pace: PaceSettings = {
    ratePerSec: load.over === 'all' ? load.ratePerSec : load.ratePerSec * session.spec.connections,
    arrivals: load.arrivals,
    profile: load.profile,
    warmupNs: fromNs - startNs,
    durationNs: toNs - fromNs,
    part: control.part,
    parts: control.parts,
    seed: session.spec.payload.seed,
  };
  const driver = new OpenDriver(session, load, schedule, pacerOf(pace));
  session.driver = driver;
  const sending = new Sending(driver, control.stop);
  ticker.run({ pace, startNs, toNs }, sending.wake);
  await sending.until(fromNs);
  window.begin();
  control.measuring();
  await sending.until(toNs);
  window.end();
  await ticker.stop();
  for (const { sequence } of session.members) sequence.endWindow();
  driver.abandon(control.stop.aborted ? nowNs() : toNs);
  control.measured();
  await settled(session, control.stop);
  return driver;
}
