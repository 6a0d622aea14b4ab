import { createCipheriv, createHash } from 'node:crypto';

const POOL_BYTES = 4096;

/** Choices that look random and are the same for the same seed: the key stream of AES in counter mode. */
export class Random {
  readonly #stream;
  #pool: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(seed: string) {
    this.#stream = createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16));
  }

  /** `count` bytes. */
  bytes(count: number): Buffer {
    return this.#stream.update(Buffer.alloc(count));
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    if (this.#at === this.#pool.length) {
      this.#pool = this.bytes(POOL_BYTES);
      this.#at = 0;
    }
    this.#at += 4;
    return this.#pool.readUInt32BE(this.#at - 4) % limit;
  }

  /** True `percent` times of a hundred. */
  percent(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** From 1 to `most` things, each made by `make`. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}
