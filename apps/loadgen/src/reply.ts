import { FIRST_ACK_ID } from './ack-id.ts';
import type { Connection } from './connection.ts';
import { HEADER_BYTES, readSequence, SEQUENCE_DIGITS } from './message-header.ts';
import type { SequenceFaults } from './sequence.ts';
import type { Session } from './session.ts';

/** Reads the sequence number of each reply, and checks its ack id, and what `spec.verify` asks for. */
export class Replies {
  readonly faults: SequenceFaults = { duplicated: 0, reordered: 0, corrupted: 0 };
  readonly #payload: Buffer;
  readonly #headerAt: number;
  readonly #headerEnd: number;
  readonly #verify: boolean;
  readonly #acks: boolean;

  constructor(session: Session) {
    const { message, spec } = session;
    this.#payload = message.payload;
    this.#headerAt = message.headerAt;
    this.#headerEnd =
      message.headerAt < 0 ? 0 : message.headerAt + (message.hasTimes ? HEADER_BYTES : SEQUENCE_DIGITS);
    this.#verify = spec.verify;
    this.#acks = spec.acks;
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
    const { expected } = connection.sequence;
    if (payloadAt < 0) return expected;
    if (end - payloadAt !== this.#payload.length) return -1;
    if (this.#verify && !this.#same(data, payloadAt)) return -1;
    const acked = this.#acks ? connection.ackedId - FIRST_ACK_ID : expected;
    if (this.#headerAt < 0) return acked;
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
