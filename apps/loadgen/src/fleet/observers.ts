import { setTimeout as delay } from 'node:timers/promises';
import type { ObservedUsage } from '@ws-arena/load/load-result';
import type { Redis } from 'ioredis';
import { Mailbox } from './mailbox.ts';
import { News } from './news.ts';

/** How long an observer may take to answer, in milliseconds. */
const ANSWER_MS = 5000;
/** Tidying up waits no longer for Redis, in milliseconds. */
const TIDY_MS = 3000;

export const observerBox = (name: string): string => `observe-${name}`;
export const observedBox = (run: string): string => `run-${run}-observed`;

/** What a run asks of an observer: times are milliseconds of Redis' clock. */
export type ToObserver = { readonly run: string } & (
  | { readonly kind: 'hello' }
  | { readonly kind: 'watch'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'end' }
);

export type FromObserver =
  | { readonly kind: 'here'; readonly name: string }
  | { readonly kind: 'observed'; readonly name: string; readonly usage: ObservedUsage };

/** The observers beside the servers that a run loads. */
export class Observers {
  readonly #run: string;
  readonly #boxes: ReadonlyMap<string, Mailbox<ToObserver>>;
  readonly #inbox: Mailbox<FromObserver>;
  readonly #here = new Set<string>();
  readonly #usage = new Map<string, ObservedUsage>();
  readonly #news = new News();

  constructor(redis: Redis, run: string, names: readonly string[]) {
    this.#run = run;
    this.#boxes = new Map(names.map((name) => [name, new Mailbox(redis, observerBox(name))]));
    this.#inbox = new Mailbox(redis, observedBox(run));
    if (names.length > 0) this.#inbox.listen(this.#hear);
  }

  /** Resolves when all have answered. @throws Error in one sentence when one does not. */
  async greet(): Promise<void> {
    this.#post({ kind: 'hello', run: this.#run });
    await this.#until(() => this.#here.size === this.#boxes.size);
    const missing = [...this.#boxes.keys()].filter((name) => !this.#here.has(name));
    if (missing.length > 0)
      throw new Error(`no observer ${missing.join(', ')} answered within ${ANSWER_MS / 1000} s`);
  }

  watch(fromMs: number, toMs: number): void {
    this.#post({ kind: 'watch', run: this.#run, fromMs, toMs });
  }

  /** What each has seen, also when the run was stopped early. */
  async reports(): Promise<ObservedUsage[]> {
    this.#post({ kind: 'end', run: this.#run });
    await this.#until(() => this.#usage.size === this.#boxes.size);
    const silent = { pids: [], cpuUserUs: 0, cpuSystemUs: 0, maxRssBytes: 0, wallMs: 0 };
    return [...this.#boxes.keys()].map(
      (name) =>
        this.#usage.get(name) ?? { name, ...silent, lost: `it said nothing for ${ANSWER_MS / 1000} s` },
    );
  }

  /** Takes what is of this run out of Redis, if that is there. */
  async end(): Promise<void> {
    await Promise.race([this.#tidy(), delay(TIDY_MS, undefined, { ref: false })]);
  }

  async #tidy(): Promise<void> {
    for (const [name, box] of this.#boxes) {
      await box.flushed();
      // Nobody else takes out of Redis what an absent one was told.
      await (this.#here.has(name) ? box.close() : box.remove());
    }
    await this.#inbox.remove();
  }

  #post(message: ToObserver): void {
    for (const box of this.#boxes.values()) box.post(message);
  }

  readonly #hear = (message: FromObserver): void => {
    if (message.kind === 'here') this.#here.add(message.name);
    else this.#usage.set(message.name, message.usage);
    this.#news.tell();
  };

  async #until(done: () => boolean): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#news.tell();
    }, ANSWER_MS);
    await this.#news.until(() => isLate || done());
    clearTimeout(timer);
  }
}
