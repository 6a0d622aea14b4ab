import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import type { RunningRedis } from '@ws-arena/infra/running-redis';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Warning } from '@ws-arena/load/warning';
import type { Case, HeldSample, MetricsSample, ProxySample, Trial, Usage } from '@ws-arena/results/trial';
import type { Generator, LoadHooks } from '../processes/generator.ts';
import type { ServedTarget } from '../processes/served-target.ts';
import { residentBytes } from './proc.ts';
import { sampleMetrics, sampleProxy } from './samples.ts';
import { UsageMeter } from './usage-meter.ts';

type Role = keyof NonNullable<Trial['usage']>;

/** What was read beside a job of the generator. */
export type Taken = Pick<Trial, 'usage' | 'held' | 'stub' | 'metrics'> & {
  readonly warnings: readonly Warning[];
};

/** What is read of all processes while one job of the generator runs: CPU, memory, and the connections they count. */
export class Readings {
  readonly #served: ServedTarget;
  readonly #proxy: RunningProxy | undefined;
  readonly #proxyPids: readonly number[];
  readonly #meters: { readonly [role in Role]?: UsageMeter };
  readonly #usage: { [role in Role]?: Usage } = {};
  readonly #held: HeldSample[] = [];
  readonly #stub: ProxySample[] = [];
  readonly #metrics: MetricsSample[] = [];
  #sampling: Promise<void> = Promise.resolve();

  constructor(served: ServedTarget, generator: Generator, one: Case, redis?: RunningRedis) {
    const proxy = served.proxyOf(one);
    this.#served = served;
    this.#proxy = proxy;
    this.#proxyPids = proxy?.pids() ?? [];
    this.#meters = {
      server: new UsageMeter(() => served.serverPids()),
      generator: new UsageMeter(() => generator.pids),
      ...(proxy && { proxy: new UsageMeter(() => proxy.pids()) }),
      ...(redis && { redis: new UsageMeter(() => [redis.pid]) }),
    };
  }

  /** Reads in each phase of the job `spec`. */
  hooks(spec: LoadSpec): LoadHooks {
    return {
      measuring: () => {
        for (const meter of Object.values(this.#meters)) meter.start();
        if (this.#proxy) this.#sampling = this.#sample(spec.connections);
      },
      measured: () => this.stop(),
      held: (connections) => this.#hold(connections),
    };
  }

  /** All that was read, once the job has ended well. */
  async taken(): Promise<Taken> {
    await this.#sampling;
    const { server, generator, proxy, redis } = this.#usage;
    return {
      ...(server &&
        generator && { usage: { server, generator, ...(proxy && { proxy }), ...(redis && { redis }) } }),
      ...(this.#held.length > 0 && { held: this.#held }),
      ...(this.#stub.length > 0 && { stub: this.#stub }),
      ...(this.#metrics.length > 0 && { metrics: this.#metrics }),
      warnings: this.#reloaded(),
    };
  }

  /** Ends the measured window; a job that failed may have left it open. */
  stop(): void {
    for (const [role, meter] of Object.entries(this.#meters)) {
      const used = meter.stop();
      if (used) this.#usage[role as Role] = used;
    }
  }

  async #sample(connections: number): Promise<void> {
    const [stub, metrics] = await Promise.all([
      this.#proxy ? sampleProxy(this.#proxy, connections) : [],
      sampleMetrics(this.#served, connections),
    ]);
    this.#stub.push(...stub);
    this.#metrics.push(...metrics);
  }

  async #hold(connections: number): Promise<void> {
    this.#held.push({
      connections,
      serverRssBytes: await this.#served.residentBytes(),
      ...(this.#proxy && { proxyRssBytes: residentBytes(this.#proxy.pids()) }),
    });
    await this.#sample(connections);
  }

  /** Nginx replaces workers at a reload, and one that has ended; either takes connections or warmth with it. */
  #reloaded(): Warning[] {
    const replaced = this.#proxy?.pids().filter((pid) => !this.#proxyPids.includes(pid)) ?? [];
    if (replaced.length === 0) return [];
    const detail = `Nginx started new workers meanwhile (${replaced.length}): it was reloaded, or a worker ended`;
    return [{ kind: 'proxy-reloaded', detail }];
  }
}
