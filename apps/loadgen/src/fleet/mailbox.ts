import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';

/** What the keys of a fleet begin with, in Redis. */
export const KEY_PREFIX = 'ws-arena';
/** A worker that lost Redis looks again after so long. */
export const RETRY_MS = 200;
/** A worker that waits asks anew after so long, in seconds: BullMQ needs that and one more to see that its wait is lost. */
export const DRAIN_S = 1;

/** Messages to one end of a run: a BullMQ queue, read in order by one reader. Who posts need not wait for Redis. */
export class Mailbox<Message> {
  readonly #redis: Redis;
  readonly #name: string;
  readonly #queue: Queue<unknown, void, string>;
  #reader: Worker<Message, void> | undefined;
  #posted: Promise<unknown> = Promise.resolve();

  /** @param name without a colon. */
  constructor(redis: Redis, name: string) {
    this.#redis = redis;
    this.#name = name;
    // Its key would stay behind, written by whoever opens the mailbox after it was removed.
    this.#queue = new Queue(name, { connection: redis, prefix: KEY_PREFIX, skipMetasUpdate: true });
    this.#queue.on('error', () => {});
  }

  /** Posts behind what was posted before. */
  post(message: Message): void {
    const add = () => this.#queue.add('message', message, { removeOnComplete: true, removeOnFail: true });
    // What Redis did not take was lost with the connection, and whoever waits for it has a bound.
    this.#posted = this.#posted.then(add).catch(() => {});
  }

  /** Calls `hear` with each message. */
  listen(hear: (message: Message) => void): void {
    this.#reader = new Worker<Message, void>(this.#name, async ({ data }) => hear(data), {
      connection: this.#redis,
      prefix: KEY_PREFIX,
      runRetryDelay: RETRY_MS,
      drainDelay: DRAIN_S,
      skipStalledCheck: true,
    });
    this.#reader.on('error', () => {});
  }

  /** Resolves when what was posted is in Redis. */
  async flushed(): Promise<void> {
    await this.#posted;
  }

  /** Reads no more. */
  async close(): Promise<void> {
    await this.#reader?.close(true);
    await this.#queue.close();
  }

  /** Removes it from Redis, with what nobody has read. */
  async remove(): Promise<void> {
    await this.#reader?.close();
    await this.#queue.obliterate({ force: true }).catch(() => {});
    await this.close();
  }
}
