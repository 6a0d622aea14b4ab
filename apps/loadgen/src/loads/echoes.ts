import type { SequenceFaults } from '../record/sequence.ts';
import type { Connection } from '../transport/connection.ts';
import type { Session } from '../transport/session.ts';
import { FIRST_ACK_ID } from '../wire/frames.ts';
import { HEADER_BYTES, readSequence, SEQUENCE_DIGITS } from '../wire/message-header.ts';

/**
 * The echoes of a load, on the connections that it began with: reads the sequence number of each, and checks its ack id,
 * and what `spec.verify` asks for.
 */
export class Echoes {
  readonly faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  /** The connections that the load began with, also those that have gone since; a client that has come back has a new one in its place. */
  connections: Connection[] = [];
  readonly #session: Session;
  readonly #payload: Buffer;
  readonly #headerAt: number;
  readonly #headerEnd: number;
  readonly #verify: boolean;
  readonly #acks: boolean;

  constructor(session: Session) {
    const { replied, codec } = session.protocol;
    this.#session = session;
    this.#payload = replied.payload;
    this.#headerAt = replied.headerAt;
    this.#headerEnd =
      replied.headerAt < 0 ? 0 : replied.headerAt + (replied.hasTimes ? HEADER_BYTES : SEQUENCE_DIGITS);
    this.#verify = session.spec.verify;
    this.#acks = codec.acks;
  }

  /** Starts again with the connections that are open. */
  restart(): void {
    this.connections = [...this.#session.open];
    Object.assign(this.faults, { duplicated: 0, reordered: 0, corrupted: 0 });
    for (const { sequence } of this.connections) sequence.restart();
  }

  beginWindow(): void {
    for (const { sequence } of this.connections) sequence.beginWindow();
  }

  endWindow(): void {
    for (const { sequence } of this.connections) sequence.endWindow();
  }

  /** Messages of the window, and how many of them have come back. */
  counts(): { sent: number; delivered: number; lost: number; faults: SequenceFaults } {
    let sent = 0;
    let missing = 0;
    for (const { sequence } of this.connections) {
      sent += sequence.sent;
      missing += sequence.lost;
    }
    const echoed = this.#session.spec.expect === 'echo';
    const lost = echoed ? missing : 0;
    return { sent, delivered: echoed ? sent - lost : 0, lost, faults: this.faults };
  }

  /** Messages of the window that have not come back although their connection stayed open. */
  get lostUntouched(): number {
    return this.connections.reduce(
      (sum, { sequence }) => sum + sequence.lost - sequence.lostWithConnection,
      0,
    );
  }

  /** Whether every message has come back on the connections that are still open. */
  get complete(): boolean {
    for (const { sequence } of this.#session.open) if (!sequence.complete) return false;
    return true;
  }

  /** Counts the reply in `data[payloadAt, end)`; returns how many messages are no longer under way because of it. */
  count(connection: Connection, data: Buffer, payloadAt: number, end: number): number {
    const { sequence } = connection;
    const number = this.#number(connection, data, payloadAt, end);
    if (number !== sequence.expected || number >= sequence.next) return sequence.fault(number, this.faults);
    sequence.expected = number + 1;
    return 1;
  }

  #number(connection: Connection, data: Buffer, payloadAt: number, end: number): number {
    const { sequence } = connection;
    if (payloadAt < 0) return sequence.unnumbered();
    if (end - payloadAt !== this.#payload.length) return -1;
    if (this.#verify && !this.#same(data, payloadAt)) return -1;
    const acked = this.#acks ? connection.ackedId - FIRST_ACK_ID : 0;
    if (this.#headerAt < 0) return this.#acks ? acked : sequence.unnumbered();
    const number = readSequence(data, payloadAt + this.#headerAt);
    return this.#acks && acked !== number ? -1 : number;
  }

  #same(data: Buffer, at: number): boolean {
    const payload = this.#payload;
    const before = Math.max(0, this.#headerAt);
    const after = this.#headerEnd;
    return (
      data.compare(payload, 0, before, at, at + before) === 0 &&
      data.compare(payload, after, payload.length, at + after, at + payload.length) === 0
    );
  }
}
