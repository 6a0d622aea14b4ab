import { commandPrefix } from '@ws-arena/contract/command-prefix';
import type { Target } from '@ws-arena/contract/targets';
import type { BenchConfig } from './bench-config.ts';
import { Generator } from './generator.ts';
import type { Pinning } from './pinning.ts';
import { ServedTarget } from './served-target.ts';

/** Everything that runs while a run lasts: the generator and the targets, each started when it is first needed. */
export class Arena {
  readonly pinning: Pinning;
  readonly #config: BenchConfig;
  readonly #interrupted: AbortSignal;
  readonly #served = new Map<string, ServedTarget>();
  readonly #fresh = new Set<ServedTarget>();
  #generator: Generator | undefined;

  /** @param interrupted gives up what is being started. */
  constructor(config: BenchConfig, pinning: Pinning, interrupted: AbortSignal) {
    this.#config = config;
    this.pinning = pinning;
    this.#interrupted = interrupted;
  }

  /** The one load generator; a new one when the last has ended. */
  async generator(): Promise<Generator> {
    if (!this.#generator || this.#generator.ended) {
      const prefix = commandPrefix(this.pinning.generator);
      this.#generator = await Generator.start(prefix, this.#interrupted);
    }
    return this.#generator;
  }

  /** The running target with these settings; started, or started again when a process of it has ended. */
  async served(
    target: Target,
    settings: Readonly<Record<string, unknown>>,
    fresh: boolean,
  ): Promise<ServedTarget> {
    const key = `${target.name} ${JSON.stringify(settings)}`;
    const running = this.#served.get(key);
    for (const other of this.#served.values()) other.hold(other !== running || fresh);
    if (!fresh && running?.alive) return running;
    if (running && !running.alive) await running.close(true);
    const served = await ServedTarget.start(target, this.#config, settings, this.pinning, this.#interrupted);
    if (fresh) this.#fresh.add(served);
    else this.#served.set(key, served);
    return served;
  }

  /** Ends a target that was started fresh for one trial. */
  async release(served: ServedTarget): Promise<void> {
    if (this.#fresh.delete(served)) await served.close();
  }

  /** Ends everything; `now` does not wait for anything to drain. */
  async close(now: boolean): Promise<void> {
    const all = [...this.#served.values(), ...this.#fresh];
    this.#served.clear();
    this.#fresh.clear();
    await Promise.all([...all.map((served) => served.close(now)), this.#generator?.end(now ? 200 : 2000)]);
  }
}
