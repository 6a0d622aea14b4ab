import type { BroadcastLoad } from '@ws-arena/load/load-spec';
import { Recorder } from '../record/recorder.ts';
import type { SequenceFaults } from '../record/sequence.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { Schedule, WorkerRole } from '../schedule/schedule.ts';
import type { Ticker } from '../schedule/ticker.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { checkTimes } from '../wire/message.ts';
import { readActual, readIntended, readSequence, writeSequence, writeTimes } from '../wire/message-header.ts';
import { expectedDeliveries } from './deliveries.ts';
import { Outboxes } from './outbox.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';
import { type Departure, Sending } from './sending.ts';

/** Without a rate, a message that some member never gets is given up after this. */
const PATIENCE_MS = 1000;
/** A process that does not send does not know how many deliveries are to come: silence for so long is the end. */
const SILENCE_NS = 200e6;

/** One member sends, every member counts what it gets. Each of several processes has members; the first has the sender. */
export class Broadcast implements RunningLoad, Departure {
  readonly messages = 1;
  readonly perClock = 1;
  readonly perWake = 1024;
  readonly #faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  readonly #intended = new Recorder();
  readonly #actual = new Recorder();
  readonly #session: Session;
  readonly #role: WorkerRole;
  readonly #ratePerSec: number;
  /** Only where this process sends, at a rate. */
  readonly #sending: Sending | undefined;
  readonly #outboxes: Outboxes;
  #schedule: Schedule | undefined;
  /** What came before this process had its schedule: the one that sends had it earlier. */
  readonly #early: { readonly connection: Connection; readonly payload: Buffer; readonly readNs: number }[] =
    [];
  /** The members of each room, how many of them are still there, and how many messages were sent in it. */
  #rooms: Connection[][] = [];
  #present: number[] = [];
  #sent: number[] = [];
  #delivered = 0;
  /** The number of the first message of this turn, and that of the next. */
  #first = 0;
  #next = 0;
  #counts = new Uint32Array(1024);
  #latest = new Float64Array(1024);
  /** Members that have the message that was sent last; `#complete` is called when all of them have. */
  #got = 0;
  #complete = (): void => {};
  #readNs = 0;
  #firstNs = 0;
  #lastNs = 0;

  /** @throws Error when messages are too short for their times. */
  constructor(session: Session, load: BroadcastLoad, role: WorkerRole, ticker: Ticker | undefined) {
    if (session.spec.scenario && !session.protocol.replied.hasTimes)
      throw new Error('a broadcast reads its times from slots; wanted: a scenario with match slot');
    checkTimes(session.protocol.replied);
    if (session.protocol.deflate && !session.protocol.inflates)
      throw new Error('a broadcast reads what it gets; wanted: a session that was opened for broadcasts');
    this.#session = session;
    this.#role = role;
    this.#ratePerSec = load.ratePerSec;
    this.#outboxes = new Outboxes(session.protocol, 1);
    // It sends for all processes, and so the whole rate.
    this.#sending =
      ticker && role.worker === 0 ? new Sending(this, { ...role, workers: 1 }, ticker) : undefined;
  }

  start(schedule: Schedule, slice?: number): void {
    this.#schedule = schedule;
    this.#counts.fill(0);
    this.#latest.fill(0);
    const { open, rooms } = this.#session;
    let unused = 0;
    for (const { sequence } of open) unused = Math.max(unused, sequence.next);
    this.#first = unused * rooms;
    this.#next = this.#first;
    this.#rooms = Array.from({ length: rooms }, () => []);
    for (const member of open) this.#rooms[member.room]!.push(member);
    this.#present = this.#rooms.map((members) => members.length);
    this.#sent = this.#rooms.map(() => 0);
    this.#delivered = 0;
    this.#firstNs = 0;
    this.#lastNs = nowNs();
    Object.assign(this.#faults, { duplicated: 0, reordered: 0, corrupted: 0 });
    this.#intended.clear();
    this.#actual.clear();
    for (const { sequence } of open) {
      sequence.restart(unused);
      // Members do not know how many messages there are: any number may come.
      sequence.next = Number.POSITIVE_INFINITY;
    }
    const pace = {
      ratePerSec: this.#ratePerSec,
      arrivals: 'constant',
      profile: 'constant',
      seed: 1,
    } as const;
    for (const { connection, payload, readNs } of this.#early.splice(0)) {
      this.#readNs = readNs;
      this.message(connection, payload, 0, payload.length);
      this.batch();
    }
    this.#sending?.start(pace, schedule, slice);
  }

  until(timeNs: number): Promise<void> {
    if (this.#sending) return this.#sending.until(timeNs);
    const sends = this.#role.worker === 0;
    return sends ? this.#sendWhenComplete(timeNs) : waitUntil(timeNs, this.#role.stop);
  }

  end(): Promise<void> | void {
    const { open, rooms } = this.#session;
    if (this.#role.worker === 0)
      for (const { sequence, room } of open) sequence.next = Math.ceil((this.#next - room) / rooms);
    return this.#sending?.end();
  }

  get idle(): boolean {
    if (this.#role.worker > 0) return nowNs() - this.#lastNs > SILENCE_NS;
    for (const { sequence } of this.#session.open) if (!sequence.complete) return false;
    return true;
  }

  figures(): LoadFigures {
    const sent = this.#sent.reduce((sum, ofRoom) => sum + ofRoom, 0);
    const members = this.#rooms.map((all) => all.length);
    const deliveries = { members, sent: this.#sent, count: this.#counts, lastNs: this.#latest };
    return {
      offered: this.#sending?.offered ?? sent,
      sent,
      delivered: this.#delivered,
      lost: Math.max(0, expectedDeliveries([deliveries]) - this.#delivered),
      faults: this.#faults,
      late: this.#sending?.late ?? 0,
      intended: this.#intended,
      actual: this.#actual,
      ...(this.#sending && { lag: this.#sending.lag }),
      deliveries,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
    };
  }

  message(connection: Connection, data: Buffer, payloadAt: number, end: number): void {
    if (this.#schedule === undefined) {
      const payload = Buffer.from(data.subarray(payloadAt, end));
      this.#early.push({ connection, payload, readNs: nowNs() });
      return;
    }
    const { protocol, rooms } = this.#session;
    const { payload, headerAt } = protocol.replied;
    const at = payloadAt + headerAt;
    const number = payloadAt < 0 || end - payloadAt !== payload.length ? -1 : readSequence(data, at);
    const { room } = connection;
    if (!this.#isNew(connection, number % rooms === room ? (number - room) / rooms : -1)) return;
    if (number === this.#next - 1 && ++this.#got >= this.#present[room]!) this.#complete();
    const { startNs, fromNs, toNs } = this.#schedule;
    const intendedNs = readIntended(data, at) + startNs;
    if (intendedNs < fromNs || intendedNs >= toNs) return;
    if (this.#readNs === 0) this.#readNs = nowNs();
    const latencyNs = this.#readNs - intendedNs;
    this.#delivered++;
    this.#intended.record(latencyNs);
    this.#actual.record(this.#readNs - startNs - readActual(data, at));
    this.#log(number - this.#first, latencyNs);
  }

  batch(): void {
    if (this.#readNs === 0) return;
    this.#lastNs = this.#readNs;
    this.#readNs = 0;
  }

  gone(connection: Connection): void {
    this.#present[connection.room]!--;
  }

  /** Sends one message to the room whose turn it is, by the first of its members that is still there. */
  depart(intendedNs: number, now: number, measured: boolean): void {
    const { startNs } = this.#schedule!;
    const number = this.#next++;
    const room = number % this.#session.rooms;
    const sender = firstOpen(this.#rooms[room]!);
    if (!sender) return;
    const outbox = this.#outboxes.of(sender);
    const { headerAt, headerMask } = outbox.frames;
    writeSequence(outbox.bytes, headerAt, headerMask, number);
    writeTimes(outbox.bytes, headerAt, headerMask, intendedNs - startNs, now - startNs);
    this.#got = 0;
    this.#session.traffic.sent++;
    if (measured) {
      if (this.#firstNs === 0) this.#firstNs = now;
      this.#sent[room]!++;
    }
    if (!sender.write(outbox.bytes)) outbox.refill();
  }

  /** Sends the next message when every member has the one before, until `untilNs`. */
  #sendWhenComplete(untilNs: number): Promise<void> {
    return new Promise((resolve) => {
      let patience: NodeJS.Timeout | undefined;
      const next = () => {
        clearTimeout(patience);
        const now = nowNs();
        if (now >= untilNs || this.#role.stop.aborted) {
          this.#complete = () => {};
          resolve();
          return;
        }
        patience = setTimeout(next, PATIENCE_MS);
        this.depart(now, now, now >= this.#schedule!.fromNs);
      };
      this.#complete = next;
      next();
    });
  }

  #isNew({ sequence }: Connection, number: number): boolean {
    if (number === sequence.expected) {
      sequence.expected++;
      return true;
    }
    const isNew = sequence.awaits(number);
    sequence.fault(number, this.#faults);
    return isNew;
  }

  #log(at: number, latencyNs: number): void {
    if (at >= this.#counts.length) {
      const counts = new Uint32Array(2 ** Math.ceil(Math.log2(at + 1)));
      const latest = new Float64Array(counts.length);
      counts.set(this.#counts);
      latest.set(this.#latest);
      this.#counts = counts;
      this.#latest = latest;
    }
    this.#counts[at]!++;
    if (latencyNs > this.#latest[at]!) this.#latest[at] = latencyNs;
  }
}

function firstOpen(members: readonly Connection[]): Connection | undefined {
  for (const member of members) if (member.state === 'open') return member;
  return undefined;
}
