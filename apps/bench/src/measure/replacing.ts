import { setTimeout as delay } from 'node:timers/promises';
import type { ReplacedStep } from '@ws-arena/results/trial';
import { FIRST_MS, REST_MS, type Replacement } from '../plan/replacement.ts';
import type { ServedTarget } from '../processes/served-target.ts';
import { connectionsOf } from './samples.ts';

/** Clients that are not back after this come back no more. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

/** Replaces the instances of a target, step by step, while a job of the generator runs. */
export class Replacing {
  readonly #served: ServedTarget;
  readonly #plan: Replacement;
  readonly #clients: number;
  readonly #stop: AbortSignal;
  readonly #steps: ReplacedStep[] = [];
  readonly #over = Promise.withResolvers<void>();
  #done: Promise<void> = Promise.resolve();

  /** @param clients how many are back when all are. @param stop begins no further step. */
  constructor(served: ServedTarget, plan: Replacement, clients: number, stop: AbortSignal) {
    this.#served = served;
    this.#plan = plan;
    this.#clients = clients;
    this.#stop = stop;
  }

  /** Resolves when the window may end: after the last step and its rest, or when nothing more is replaced. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** The window begins now. */
  begin(): void {
    this.#done = this.#replaceAll(performance.now()).finally(() => this.#over.resolve());
    // Whoever asks for the steps hears of a failure.
    this.#done.catch(() => {});
  }

  /** The steps, when the last of them is done. @throws Error when a new process did not start. */
  async steps(): Promise<readonly ReplacedStep[]> {
    await this.#done;
    return this.#steps;
  }

  /** Resolves when nothing is being replaced any more. */
  async settled(): Promise<void> {
    await this.#done.catch(() => {});
  }

  async #replaceAll(beganMs: number): Promise<void> {
    const now = () => performance.now() - beganMs;
    const { steps, signal } = this.#plan;
    await this.#rest(FIRST_MS);
    for (const instances of steps) {
      if (this.#stop.aborted) return;
      const atMs = now();
      const ends: number[] = [];
      await Promise.all(
        instances.map(async (at) => {
          await this.#served.endInstance(at, signal);
          ends.push(now());
          await this.#served.startInstance(at);
        }),
      );
      this.#steps.push({ instances, atMs, endedMs: Math.max(...ends), readyMs: now() });
      await this.#untilBack();
      await this.#rest(REST_MS);
    }
  }

  /** The next step, or the end, waits until the servers count every client, for so long as that makes sense. */
  async #untilBack(): Promise<void> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    while (performance.now() < giveUpMs && !this.#stop.aborted) {
      const counts = await connectionsOf(this.#served.servers).catch(() => [Number.NaN]);
      if (counts.reduce((sum, n) => sum + n, 0) >= this.#clients) return;
      await this.#rest(LOOK_MS);
    }
  }

  async #rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop }).catch(() => {});
  }
}
