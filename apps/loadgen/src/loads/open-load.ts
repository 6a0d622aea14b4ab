import type { OpenLoad } from '@ws-arena/load/load-spec';
import { stamp } from '../ack-id.ts';
import { nowNs } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { Schedule, Share } from '../control.ts';
import { Echoes } from '../echoes.ts';
import { InFlight } from '../in-flight.ts';
import { readActual, readIntended, writeTimes } from '../message-header.ts';
import { checkTimes } from '../payload.ts';
import { Recorder } from '../recorder.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Session } from '../session.ts';
import type { Ticker } from '../ticker.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';
import { type Departure, type Pace, Sending } from './sending.ts';

/** Messages that leave when the schedule says so, whatever has come back. */
export class OpenLoop implements RunningLoad, Departure {
  readonly messages: number;
  readonly perClock = 64;
  readonly perWake: number;
  readonly #session: Session;
  readonly #echoes: Echoes;
  readonly #sending: Sending;
  readonly #pace: Pace;
  readonly #pick: (() => number) | undefined;
  readonly #intended = new Recorder();
  readonly #actual = new Recorder();
  /** A burst of frames; all connections patch and send the same bytes. */
  #frames!: Buffer;
  /** Only where replies are compressed and cannot be read. */
  readonly #inFlight = new Map<Connection, InFlight>();
  #schedule!: Schedule;
  #turn = 0;
  #begun = false;
  /** The clock at this read's first reply; 0 before it. */
  #readNs = 0;
  #lastNs = 0;

  /** @throws Error when messages are too short for their times. */
  constructor(session: Session, load: OpenLoad, share: Share, ticker: Ticker) {
    const { message, spec } = session;
    checkTimes(message);
    this.#session = session;
    this.messages = load.burst ?? 1;
    this.perWake = Math.ceil(1024 / this.messages);
    this.#echoes = new Echoes(session);
    this.#sending = new Sending(this, share, ticker);
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
    this.#inFlight.clear();
    if (this.#session.deflate && !this.#session.inflates) {
      for (const connection of this.#echoes.connections) this.#inFlight.set(connection, new InFlight());
    }
    this.#sending.start(this.#pace, schedule, slice);
  }

  until(timeNs: number): Promise<void> {
    return this.#sending.until(timeNs);
  }

  /** The window's messages are those that were intended in it, whenever they leave. */
  warm(): void {}

  end(): Promise<void> {
    this.#echoes.endWindow();
    return this.#sending.end();
  }

  get settled(): boolean {
    return this.#echoes.settled;
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
    const headerAt = payloadAt + this.#session.message.headerAt;
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
    const { frames, counters } = this.#session;
    const { startNs } = this.#schedule;
    const { sequence } = connection;
    const inFlight = this.#inFlight.get(connection);
    for (let i = 0; i < this.messages; i++) {
      const at = i * frames.bytes.length;
      stamp(this.#frames, at, frames, sequence.next++);
      writeTimes(this.#frames, at + frames.headerAt, frames.headerMask, intendedNs - startNs, now - startNs);
      inFlight?.push(intendedNs - startNs, now - startNs);
    }
    counters.sent += this.messages;
    if (!connection.write(this.#frames)) this.#fill();
  }

  /** Frames of their own for the next write, because the kernel has not taken the last ones yet. */
  #fill(): void {
    this.#frames = repeated(this.#session.frames.bytes, this.messages);
  }
}

/** `bytes`, `times` over, in memory of their own. */
export function repeated(bytes: Buffer, times: number): Buffer {
  const all = Buffer.allocUnsafeSlow(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}
