/** Wakes who waits for something to become known. */
export class News {
  #next = Promise.withResolvers<void>();

  /** Something has become known. */
  tell(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve();
  }

  /** Resolves when `done`, which is asked at first and after each `tell`; rejects when it throws. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await this.#next.promise;
  }
}
