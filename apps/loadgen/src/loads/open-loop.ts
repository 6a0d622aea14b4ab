import type { OpenLoad } from '@ws-arena/load/load-spec';
import { InFlight } from '../record/in-flight.ts';
import { Recorder } from '../record/recorder.ts';
import { nowNs } from '../schedule/clock.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import { seededRandom } from '../schedule/seeded-random.ts';
import type { Ticker } from '../schedule/ticker.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { stamp } from '../wire/frames.ts';
import { checkTimes } from '../wire/message.ts';
import { readActual, readIntended, writeTimes } from '../wire/message-header.ts';
import { Echoes } from './echoes.ts';
import { Outboxes } from './outbox.ts';
import { ReturningClients } from './returning-clients.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';
import { type Departure, type Pace, Sending } from './sending.ts';

/** A server counts a client before the client has its answer, so a window that ends by these counts may end this much too early. */
const RETURN_PATIENCE_MS = 5000;

/** Messages that leave when the schedule says so, whatever has come back. */
export class OpenLoop implements RunningLoad, Departure {
  readonly messages: number;
  readonly perClock = 64;
  readonly perWake: number;
  readonly #session: Session;
  /** Room for a burst. */
  readonly #outboxes: Outboxes;
  /** Where the header stands in what a reply brings. */
  readonly #headerAt: number;
  readonly #echoes: Echoes;
  readonly #sending: Sending;
  readonly #pace: Pace;
  readonly #pick: (() => number) | undefined;
  readonly #intended = new Recorder();
  readonly #actual = new Recorder();
  /** Absent where a connection that ends is not dialled again. */
  readonly #clients: ReturningClients | undefined;
  readonly #connected = new Recorder();
  /** Whether messages carry their times; otherwise they are kept in `#inFlight`. */
  readonly #writesTimes: boolean;
  readonly #keepsTimes: boolean;
  /** Only where replies do not bring their times, or are compressed and cannot be read. */
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
    const { replied, codec, deflate, inflates } = protocol;
    this.#writesTimes = replied.hasTimes;
    this.#keepsTimes = !replied.hasTimes || (deflate !== undefined && !inflates);
    if (!codec.replied) checkTimes(replied);
    if (load.reconnect && this.#keepsTimes)
      throw new Error('clients that come back read the times in their replies, and these bring none');
    this.#session = session;
    this.#headerAt = replied.headerAt;
    this.messages = load.burst ?? 1;
    this.#outboxes = new Outboxes(protocol, this.messages);
    if (this.#outboxes.copies < this.messages)
      throw new Error(
        'a burst is copies of one message, and this scenario makes each anew; wanted: no burst',
      );
    this.perWake = Math.ceil(1024 / this.messages);
    this.#echoes = new Echoes(session);
    this.#sending = new Sending(this, role, ticker);
    this.#clients =
      load.reconnect &&
      new ReturningClients(
        session,
        load.reconnect,
        role,
        () => this.#echoes.connections,
        (place, connection, waiting) => this.#returned(place, connection, waiting),
      );
    const { ratePerSec, arrivals, profile, over } = load;
    const rate = over === 'all' ? ratePerSec : ratePerSec * spec.connections;
    this.#pace = { ratePerSec: rate, arrivals, profile, seed: spec.payload.seed };
    // Poisson streams on each connection add up to one Poisson stream whose messages choose a connection by lot.
    const poissonOnEach = arrivals === 'poisson' && over === 'connection';
    this.#pick = poissonOnEach ? seededRandom(spec.payload.seed ^ 0x5bd1e995) : undefined;
  }

  start(schedule: Schedule, slice?: number): void {
    this.#schedule = schedule;
    this.#echoes.restart();
    this.#clients?.start(schedule);
    this.#intended.clear();
    this.#actual.clear();
    this.#begun = false;
    this.#lastNs = 0;
    for (const times of this.#inFlight.values()) times.clear();
    if (this.#keepsTimes)
      for (const connection of this.#echoes.connections)
        if (!this.#inFlight.has(connection)) this.#inFlight.set(connection, new InFlight());
    this.#sending.start(this.#pace, schedule, slice);
  }

  async settled(): Promise<void> {
    await this.#clients?.back(RETURN_PATIENCE_MS);
  }

  until(timeNs: number): Promise<void> {
    return this.#sending.until(timeNs);
  }

  end(): Promise<void> {
    this.#echoes.endWindow();
    this.#clients?.end();
    return this.#sending.end();
  }

  get idle(): boolean {
    return this.#echoes.complete;
  }

  figures(): LoadFigures {
    const { offered, late, lag, firstNs } = this.#sending;
    const times = { intended: this.#intended, actual: this.#actual, lag };
    const returns = this.#clients && {
      connected: this.#connected,
      absence: this.#clients.absence,
      returns: this.#clients.figures(this.#echoes.lostUntouched),
    };
    return { ...this.#echoes.counts(), offered, late, ...times, ...returns, firstNs, lastNs: this.#lastNs };
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    const over = this.#echoes.count(connection, data, payloadAt, end);
    if (over === 0) return;
    if (this.#keepsTimes) {
      const times = this.#inFlight.get(connection);
      // Those that the reply has passed over are not awaited any more.
      if (!times) return;
      for (let passed = 1; passed < over && !times.isEmpty; passed++) times.shift();
      if (times.isEmpty) return;
      this.#record(times.intendedNs, times.actualNs);
      times.shift();
      return;
    }
    const headerAt = payloadAt + this.#headerAt;
    const intendedNs = readIntended(data, headerAt);
    this.#record(intendedNs, readActual(data, headerAt));
    if (this.#clients && this.#isConnected(connection, intendedNs))
      this.#connected.record(this.#readNs - intendedNs);
  }

  /** Whether a message of the window was due while its client had the connection that its reply came on. */
  #isConnected(connection: Connection, intendedNs: number): boolean {
    const { startNs, fromNs, toNs } = this.#schedule;
    const sinceNs = Math.max(fromNs, this.#clients!.sinceNs(connection));
    return intendedNs >= sinceNs - startNs && intendedNs < toNs - startNs;
  }

  gone(connection: Connection): void {
    this.#clients?.gone(connection);
  }

  #returned(place: number, connection: Connection, waiting: readonly number[]): void {
    this.#echoes.connections[place] = connection;
    for (const intendedNs of waiting) this.#send(connection, intendedNs, nowNs());
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
    const place = this.#pick ? this.#pick() % connections.length : this.#turn;
    const connection = connections[place];
    this.#turn = this.#turn + 1 < connections.length ? this.#turn + 1 : 0;
    // There is none at all where every handshake of this process failed, and others had more luck.
    if (connection?.state === 'open') this.#send(connection, intendedNs, now);
    else if (connection) this.#clients?.wait(place, intendedNs);
  }

  #send(connection: Connection, intendedNs: number, now: number): void {
    const outbox = this.#outboxes.of(connection);
    const { frames, bytes } = outbox;
    const { startNs } = this.#schedule;
    const inFlight = this.#inFlight.get(connection);
    for (let i = 0; i < this.messages; i++) {
      const at = i * frames.bytes.length;
      stamp(bytes, at, frames, connection.sequence.next++);
      if (this.#writesTimes)
        writeTimes(bytes, at + frames.headerAt, frames.headerMask, intendedNs - startNs, now - startNs);
      inFlight?.push(intendedNs - startNs, now - startNs);
    }
    this.#session.traffic.sent += this.messages;
    if (!connection.write(bytes)) outbox.refill();
  }
}
