import type { Connection } from '../transport/connection.ts';
import type { Protocol } from '../transport/protocol.ts';
import { type MessageFrames, repeated } from '../wire/frames.ts';

/** Copies of one message's frames, one behind the other, that are patched and written again and again. */
export class Outbox {
  readonly frames: MessageFrames;
  /** Room for all copies. */
  bytes!: Buffer;
  /** The first n copies of it, for each n, so that no view is made for a write. */
  first!: readonly Buffer[];
  readonly #copies: number;

  constructor(frames: MessageFrames, copies: number) {
    this.frames = frames;
    this.#copies = copies;
    this.refill();
  }

  /** Bytes of its own for the next write, because the kernel has not taken the last ones yet. */
  refill(): void {
    const each = this.frames.bytes.length;
    this.bytes = repeated(this.frames.bytes, this.#copies);
    this.first = Array.from({ length: this.#copies + 1 }, (_, n) => this.bytes.subarray(0, n * each));
  }
}

/** What the connections of a load send: all the same bytes, one connection after the other, or each its own. */
export class Outboxes {
  /** The most messages of one write. */
  readonly copies: number;
  readonly #protocol: Protocol;
  readonly #shared: Outbox | undefined;
  readonly #own = new WeakMap<Connection, Outbox>();
  readonly #keeps: boolean;

  /** @param copies the most messages of one write; a message that is made for one send goes alone. */
  constructor(protocol: Protocol, copies: number) {
    this.#protocol = protocol;
    this.#keeps = protocol.codec.made !== 'send';
    this.copies = this.#keeps ? copies : 1;
    this.#shared = protocol.frames && new Outbox(protocol.frames, copies);
  }

  /** The outbox for the next write of `connection`. */
  of(connection: Connection): Outbox {
    return this.#shared ?? this.#ownOf(connection);
  }

  #ownOf(connection: Connection): Outbox {
    const kept = this.#own.get(connection);
    if (kept) return kept;
    const made = new Outbox(this.#protocol.framesOf(this.#protocol.message, connection), this.copies);
    if (this.#keeps) this.#own.set(connection, made);
    return made;
  }
}
