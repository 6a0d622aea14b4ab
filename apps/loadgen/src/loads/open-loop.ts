import type { OpenLoad } from '@ws-arena/load/load-spec';
import { InFlight } from '../record/in-flight.ts';
import { Recorder } from '../record/recorder.ts';
import { nowNs } from '../schedule/clock.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import { seededRandom } from '../schedule/seeded-random.ts';
import type { Ticker } from '../schedule/ticker.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { type MessageFrames, repeated, stamp } from '../wire/frames.ts';
import { checkTimes } from '../wire/message.ts';
import { readActual, readIntended, writeTimes } from '../wire/message-header.ts';
import { Echoes } from './echoes.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';
import { type Departure, type Pace, Sending } from './sending.ts';

/** Messages that leave when the schedule says so, whatever has come back. */
export class OpenLoop implements RunningLoad, Departure {
  readonly messages: number;
  readonly perClock = 64;
  readonly perWake: number;
  readonly #session: Session;
  readonly #template: MessageFrames;
  /** Where the header of a message stands in its payload. */
  readonly #headerAt: number;
  readonly #echoes: Echoes;
  readonly #sending: Sending;
  readonly #pace: Pace;
  readonly #pick: (() => number) | undefined;
  readonly #intended = new Recorder();
  readonly #actual = new Recorder();
  /** A burst of copies of it; all connections patch and send the same bytes. */
  #burst!: Buffer;
  /** Only where replies are compressed and cannot be read. */
  readonly #inFlight = new Map<Connection, InFlight>();
  #schedule!: Schedule;
  #turn = 0;
  #begun = false;
  /** The clock at this read's first reply; 0 before it. */
  #readNs = 0;
  #lastNs = 0;

  /** @throws Error when messages are too short for their times. */
  constructor(session: Session, load: OpenLoad, role: WorkerRole, ticker: Ticker) {
    const { protocol, spec } = session;
    const { message, frames } = protocol;
    checkTimes(message);
    this.#session = session;
    this.#template = frames;
    this.#headerAt = message.headerAt;
    this.messages = load.burst ?? 1;
    this.perWake = Math.ceil(1024 / this.messages);
    this.#echoes = new Echoes(session);
    this.#sending = new Sending(this, role, ticker);
    const { ratePerSec, arrivals, profile, over } = load;
    const rate = over === 'all' ? ratePerSec : ratePerSec * spec.connections;
    this.#pace = { ratePerSec: rate, arrivals, profile, seed: spec.payload.seed };
    // Poisson streams on each connection add up to one Poisson stream whose messages choose a connection by lot.
    const poissonOnEach = arrivals === 'poisson' && over === 'connection';
    this.#pick = poissonOnEach ? seededRandom(spec.payload.seed ^ 0x5bd1e995) : undefined;
    this.#fill();
  }

  start(schedule: Schedule, slice?: number): void {
    this.#schedule = schedule;
    this.#echoes.restart();
    this.#intended.clear();
    this.#actual.clear();
    this.#begun = false;
    this.#lastNs = 0;
    for (const times of this.#inFlight.values()) times.clear();
    if (this.#session.protocol.deflate && !this.#session.protocol.inflates)
      for (const connection of this.#echoes.connections)
        if (!this.#inFlight.has(connection)) this.#inFlight.set(connection, new InFlight());
    this.#sending.start(this.#pace, schedule, slice);
  }

  until(timeNs: number): Promise<void> {
    return this.#sending.until(timeNs);
  }

  end(): Promise<void> {
    this.#echoes.endWindow();
    return this.#sending.end();
  }

  get idle(): boolean {
    return this.#echoes.complete;
  }

  figures(): LoadFigures {
    const { offered, late, lag, firstNs } = this.#sending;
    const times = { intended: this.#intended, actual: this.#actual, lag };
    return { ...this.#echoes.counts(), offered, late, ...times, firstNs, lastNs: this.#lastNs };
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    if (this.#echoes.count(connection, data, payloadAt, end) === 0) return;
    if (payloadAt < 0) {
      const oldest = this.#inFlight.get(connection);
      if (!oldest || oldest.isEmpty) return;
      this.#record(oldest.intendedNs, oldest.actualNs);
      oldest.shift();
      return;
    }
    const headerAt = payloadAt + this.#headerAt;
    this.#record(readIntended(data, headerAt), readActual(data, headerAt));
  }

  #record(intendedNs: number, actualNs: number): void {
    const { startNs, fromNs, toNs } = this.#schedule;
    if (intendedNs < fromNs - startNs || intendedNs >= toNs - startNs) return;
    if (this.#readNs === 0) this.#readNs = nowNs() - startNs;
    this.#intended.record(this.#readNs - intendedNs);
    this.#actual.record(this.#readNs - actualNs);
  }

  batch(): void {
    if (this.#readNs === 0) return;
    this.#lastNs = this.#readNs + this.#schedule.startNs;
    this.#readNs = 0;
  }

  depart(intendedNs: number, now: number, measured: boolean): void {
    // The window's messages are those that were intended in it, whenever they leave.
    if (measured && !this.#begun) {
      this.#begun = true;
      this.#echoes.beginWindow();
    }
    const { connections } = this.#echoes;
    const connection = connections[this.#pick ? this.#pick() % connections.length : this.#turn];
    this.#turn = this.#turn + 1 < connections.length ? this.#turn + 1 : 0;
    // There is none at all where every handshake of this process failed, and others had more luck.
    if (connection?.state === 'open') this.#send(connection, intendedNs, now);
  }

  #send(connection: Connection, intendedNs: number, now: number): void {
    const { bytes, headerAt, headerMask } = this.#template;
    const { startNs } = this.#schedule;
    const inFlight = this.#inFlight.get(connection);
    for (let i = 0; i < this.messages; i++) {
      const at = i * bytes.length;
      stamp(this.#burst, at, this.#template, connection.sequence.next++);
      writeTimes(this.#burst, at + headerAt, headerMask, intendedNs - startNs, now - startNs);
      inFlight?.push(intendedNs - startNs, now - startNs);
    }
    this.#session.traffic.sent += this.messages;
    if (!connection.write(this.#burst)) this.#fill();
  }

  /** Frames of their own for the next write, because the kernel has not taken the last ones yet. */
  #fill(): void {
    this.#burst = repeated(this.#template.bytes, this.messages);
  }
}
