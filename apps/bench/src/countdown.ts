/** Of the time that went by, what is shown falls by at least this share, and at most by this many times. */
const SLOWEST = 0.25;
const FASTEST = 4;

/**
 * The time left as it is shown. What is known of it jumps: a stage that needs less than its budget ends early. What is shown
 * never rises, and comes to a better estimate bit by bit.
 */
export class Countdown {
  readonly #now: () => number;
  #shownMs: number | undefined;
  #atMs = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param knownMs the newest estimate. @returns what to show now, in milliseconds. */
  show(knownMs: number): number {
    const now = this.#now();
    const passedMs = now - this.#atMs;
    const before = this.#shownMs;
    this.#atMs = now;
    this.#shownMs =
      before === undefined
        ? knownMs
        : Math.max(0, before - passedMs * FASTEST, Math.min(before - passedMs * SLOWEST, knownMs));
    return this.#shownMs;
  }
}
