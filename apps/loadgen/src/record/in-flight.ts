/** The send times of one connection's messages that are under way, first in, first out, where replies cannot be read. */
export class InFlight {
  #times = new Float64Array(32);
  #from = 0;
  #count = 0;

  /** Notes that a message left at `actualNs` that was intended for `intendedNs`. */
  push(intendedNs: number, actualNs: number): void {
    if (this.#count * 2 === this.#times.length) this.#grow();
    const at = ((this.#from + this.#count++) * 2) % this.#times.length;
    this.#times[at] = intendedNs;
    this.#times[at + 1] = actualNs;
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** When the oldest was intended. */
  get intendedNs(): number {
    return this.#times[this.#from * 2]!;
  }

  /** When the oldest left. */
  get actualNs(): number {
    return this.#times[this.#from * 2 + 1]!;
  }

  /** Forgets all. */
  clear(): void {
    this.#from = 0;
    this.#count = 0;
  }

  /** Forgets the oldest. */
  shift(): void {
    this.#from = (this.#from + 1) % (this.#times.length / 2);
    this.#count--;
  }

  #grow(): void {
    const larger = new Float64Array(this.#times.length * 2);
    larger.set(this.#times.subarray(this.#from * 2));
    larger.set(this.#times.subarray(0, this.#from * 2), this.#times.length - this.#from * 2);
    this.#times = larger;
    this.#from = 0;
  }
}
