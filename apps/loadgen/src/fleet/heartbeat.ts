import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const BEAT_MS = 1000;
/** Who says nothing for so long is taken for dead, in milliseconds. */
export const SILENT_MS = 5000;
/** Redis may be away for so long in the middle of a run, in milliseconds. */
export const REDIS_PATIENCE_MS = 30_000;

/** What a heartbeat tells of. */
export interface HeartbeatListener<Peer> {
  /** About once a second, while Redis can be reached: to tell the others that this end lives. */
  beat(): void;
  silent(peer: Peer): void;
  /** Redis has been away for too long. */
  gone?(): void;
}

/** Finds out who has died: a peer that is silent although Redis can be reached. */
export class Heartbeat<Peer> {
  readonly #heard = new Map<Peer, number>();
  readonly #stop = new AbortController();

  constructor(redis: Redis, listener: HeartbeatListener<Peer>) {
    void this.#run(redis, listener).catch(() => {});
  }

  /** `peer` lives. From the first time on it is expected to go on saying so. */
  heard(peer: Peer): void {
    this.#heard.set(peer, performance.now());
  }

  /** Nothing is expected of `peer` any more. */
  forget(peer: Peer): void {
    this.#heard.delete(peer);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(redis: Redis, listener: HeartbeatListener<Peer>): Promise<void> {
    const { signal } = this.#stop;
    for (let begun = performance.now(); ; begun = performance.now()) {
      await delay(BEAT_MS, undefined, { signal });
      if (!(await answers(redis, signal))) listener.gone?.();
      if (signal.aborted) return;
      // Redis was away, or this process had no CPU: nobody could be heard.
      if (performance.now() - begun > 2 * BEAT_MS) for (const peer of this.#heard.keys()) this.heard(peer);
      listener.beat();
      for (const [peer, at] of this.#heard) {
        if (performance.now() - at <= SILENT_MS) continue;
        this.forget(peer);
        listener.silent(peer);
      }
    }
  }
}

async function answers(redis: Redis, signal: AbortSignal): Promise<boolean> {
  const late = delay(REDIS_PATIENCE_MS, false, { signal }).catch(() => true);
  return Promise.race([redis.ping().then(() => true), late]);
}
