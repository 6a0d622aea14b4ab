import { createClient } from '@redis/client';
import type { Metrics } from './metrics.ts';

/** Redis is asked again this long after it was lost or did not answer. */
export const RETRY_MS = 100;
/** By then every instance has found a Redis that came back; what was published before would miss some. */
const SETTLE_MS = 3 * RETRY_MS;
/** Redis is lost when it says nothing for so long, although it is asked each second. */
const SILENCE_MS = 10_000;
const PING_MS = 1000;
/** Commands that may wait for Redis. */
const MAX_QUEUED = 100_000;

/** An instance's two connections to Redis: Pub/Sub takes one for itself. They are made again whenever they are lost. */
export class RedisLink {
  /** Refuses at once while Redis is away. */
  readonly publisher;
  /** Keeps what it is told meanwhile, and its subscriptions. */
  readonly subscriber;
  /** Whether what is published now reaches every instance. */
  up = false;
  closed = false;
  /** Messages that did not reach the other instances. */
  lost = 0;
  #settling: NodeJS.Timeout | undefined;

  private constructor(url: string) {
    const options = {
      url,
      socket: { reconnectStrategy: RETRY_MS, socketTimeout: SILENCE_MS },
      pingInterval: PING_MS,
      commandsQueueMaxLength: MAX_QUEUED,
    };
    this.publisher = createClient({ ...options, disableOfflineQueue: true });
    this.subscriber = createClient(options);
  }

  /** Resolves when both connections stand, or one could not be made: then it is tried again. `metrics` tells of it. */
  static async open(url: string, metrics: Metrics): Promise<RedisLink> {
    const link = new RedisLink(url);
    const clients = [link.publisher, link.subscriber];
    const outcomes = clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          // An error without a listener would end the process.
          for (const event of ['ready', 'error'])
            client.on(event, () => {
              resolve();
              link.#changed();
            });
          client.connect().catch(() => {});
        }),
    );
    await Promise.all(outcomes);
    clearTimeout(link.#settling);
    link.#settling = undefined;
    link.up = link.#ready;
    metrics.watchRedis(link);
    return link;
  }

  /**
   * Sends by `send`, and counts what was lost.
   * @throws Error when Redis is away, or goes away before it has answered.
   */
  async carry<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    try {
      if (!this.up) throw new Error('Redis is away');
      return await send();
    } catch (error) {
      this.lost += 1;
      throw error;
    }
  }

  /** Lets go of Redis: what is under way fails, and nothing of it keeps the process alive. */
  close(): void {
    this.closed = true;
    clearTimeout(this.#settling);
    for (const client of [this.publisher, this.subscriber]) client.destroy();
  }

  get #ready(): boolean {
    return this.publisher.isReady && this.subscriber.isReady;
  }

  /** Down at once; up a while after the connections are. */
  #changed(): void {
    if (!this.#ready) {
      clearTimeout(this.#settling);
      this.#settling = undefined;
      this.up = false;
    } else if (!this.up) {
      this.#settling ??= setTimeout(() => {
        this.#settling = undefined;
        this.up = true;
      }, SETTLE_MS);
    }
  }
}
