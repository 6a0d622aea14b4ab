/** Faults of the sequence numbers that came back. */
export interface SequenceFaults {
  duplicated: number;
  reordered: number;
  corrupted: number;
}

/** The number of a reply to a message of an earlier slice: it was counted as lost there. */
const LATE = -2;

/**
 * The sequence numbers of one connection: what was sent, what came back, and which of it belongs to the measured
 * window. The usual case, replies in order, is one comparison and one addition.
 */
export class Sequence {
  /** The number that the next message gets. */
  next = 0;
  /** The number that the next reply should have. */
  expected = 0;
  /** The first number of the window; Infinity before it. */
  from = Number.POSITIVE_INFINITY;
  /** The first number after the window; Infinity until it ends. */
  to = Number.POSITIVE_INFINITY;
  #missing: Set<number> | undefined;
  /** Those that were under way when their connection ended; only of clients that come back. */
  #cut: Set<number> | undefined;
  /** Replies without a number that earlier slices still have under way. */
  #late = 0;

  /**
   * Begins a window with message number `next`, and gives up whatever has not come back: it is lost in the slice that it
   * was sent in, and its reply counts for nothing if it still comes.
   */
  restart(next = this.next): void {
    this.#late += Math.max(0, next - this.expected);
    this.#missing?.clear();
    this.#cut?.clear();
    this.from = next;
    this.to = Number.POSITIVE_INFINITY;
    this.next = next;
    this.expected = next;
  }

  /** The number of a reply that has none: replies come in order, those to earlier slices first. */
  unnumbered(): number {
    if (this.#late === 0) return this.expected;
    this.#late--;
    return LATE;
  }

  /**
   * Notes a reply that is not the expected one; `number` below 0 means that it had none.
   * @returns how many messages are no longer under way because of it.
   */
  fault(number: number, faults: SequenceFaults): number {
    const counts = number >= this.from && number < this.to;
    if (number === LATE) return 0;
    if (number < 0 || number >= this.next) {
      faults.corrupted++;
    } else if (number >= this.expected) {
      if (number > this.expected) this.#missing ??= new Set();
      for (let lost = this.expected; lost < number; lost++) this.#missing!.add(lost);
      const over = number + 1 - this.expected;
      this.expected = number + 1;
      return over;
    } else if (this.#missing?.delete(number)) {
      if (counts) faults.reordered++;
    } else if (counts) {
      faults.duplicated++;
    }
    return 0;
  }

  /** Whether the reply of that number is awaited still, in turn or as one that was passed over. */
  awaits(number: number): boolean {
    return (number >= this.expected && number < this.next) || this.#missing?.has(number) === true;
  }

  /** The connection has ended: what is under way is lost with it, unless it still comes on the next one. */
  cut(): void {
    if (this.expected < this.next) this.#cut ??= new Set();
    for (let number = this.expected; number < this.next; number++) this.#cut!.add(number);
  }

  /** How many messages of the window were under way when their connection ended, and have not come back. */
  get lostWithConnection(): number {
    let lost = 0;
    for (const number of this.#cut ?? [])
      if (number >= this.from && number < this.to && this.awaits(number)) lost++;
    return lost;
  }

  /** The window begins with the next message. */
  beginWindow(): void {
    this.from = this.next;
  }

  /** The window ends before the next message. */
  endWindow(): void {
    if (this.to === Number.POSITIVE_INFINITY) this.to = this.next;
  }

  /** How many messages the window has. */
  get sent(): number {
    return Math.max(0, Math.min(this.to, this.next) - this.from);
  }

  /** How many of them have not come back. */
  get lost(): number {
    const to = Math.min(this.to, this.next);
    let lost = Math.max(0, to - Math.max(this.from, this.expected));
    if (this.#missing) {
      for (const number of this.#missing) if (number >= this.from && number < to) lost++;
    }
    return lost;
  }

  /** Whether every message that was sent has come back. */
  get complete(): boolean {
    return this.expected >= this.next && !this.#missing?.size;
  }
}
