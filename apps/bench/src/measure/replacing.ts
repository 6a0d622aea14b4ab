import { setTimeout as delay } from 'node:timers/promises';
import type { ReplacedStep } from '@ws-arena/results/trial';
import type { Replacement } from '../plan/replacement.ts';
import type { ServedTarget } from '../processes/served-target.ts';

/** Replaces the instances of a target, step by step, while a job of the generator runs. */
export class Replacing {
  readonly #served: ServedTarget;
  readonly #plan: Replacement;
  readonly #stop: AbortSignal;
  readonly #steps: ReplacedStep[] = [];
  #done: Promise<void> = Promise.resolve();

  /** @param stop begins no further step. */
  constructor(served: ServedTarget, plan: Replacement, stop: AbortSignal) {
    this.#served = served;
    this.#plan = plan;
    this.#stop = stop;
  }

  /** The window begins now. */
  begin(): void {
    this.#done = this.#replaceAll(performance.now());
    // Whoever asks for the steps hears of a failure.
    this.#done.catch(() => {});
  }

  /**
   * The steps, when the last of them is done.
   * @throws Error when a new process did not start, or was ready only after the window of `windowMs`.
   */
  async steps(windowMs: number): Promise<readonly ReplacedStep[]> {
    await this.#done;
    const readyMs = Math.max(...this.#steps.map((step) => step.readyMs));
    if (readyMs > windowMs)
      throw new Error(
        `the last new process was ready after ${Math.round(readyMs)} ms, and the window was ${Math.round(windowMs)} ms`,
      );
    return this.#steps;
  }

  /** Resolves when nothing is being replaced any more. */
  async settled(): Promise<void> {
    await this.#done.catch(() => {});
  }

  async #replaceAll(beganMs: number): Promise<void> {
    const now = () => performance.now() - beganMs;
    const { steps, signal } = this.#plan;
    for (const { atMs: plannedMs, instances } of steps) {
      await delay(Math.max(0, plannedMs - now()), undefined, { signal: this.#stop }).catch(() => {});
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
    }
  }
}
