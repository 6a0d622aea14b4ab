import type { Limiter } from '@ws-arena/results/report-file';
import type { Usage } from '@ws-arena/results/trial';

/** From here on a thread counts as saturated: it waited for work less than a fourteenth of the time. */
export const SATURATED = 0.93;

/** A server this full, with a generator this much below it, outweighs a generator that is nearly full too. */
const FULL = 0.97;
const CLEARLY_BELOW = 0.03;

/** What is known of who was busy in one trial. */
export interface Load {
  readonly server?: Usage;
  readonly proxy?: Usage;
  readonly generator?: Usage;
  /** The generator missed its own schedule (open loop). */
  readonly behindSchedule?: boolean;
  /** The length of the measured window, in nanoseconds. */
  readonly measuredNs: number;
  /** Server and proxy run on one core, so together they cannot use more than its time. */
  readonly sharedCore: boolean;
}

/**
 * What kept a throughput from being higher. In doubt it is the generator, because a figure that the generator limited
 * says nothing about the server: when both are saturated, and when the generator missed its schedule though nothing
 * behind it was saturated. Of server and proxy, when both are, the one that used more CPU time. When nothing was
 * saturated, it was the offered rate or window.
 */
export function limiterOf(load: Load): Limiter {
  const serving = Math.max(load.server?.saturation ?? 0, load.proxy?.saturation ?? 0);
  const generator = load.generator?.saturation ?? 0;
  const clearlyServing = serving >= FULL && generator < FULL && serving - generator >= CLEARLY_BELOW;
  if (generator >= SATURATED && !clearlyServing) return 'generator';
  const servingIsFull = serving >= SATURATED || (load.sharedCore && coreShare(load) >= SATURATED);
  if (servingIsFull) return busierOf(load);
  return load.behindSchedule ? 'generator' : 'rate';
}

function coreShare({ server, proxy, measuredNs }: Load): number {
  return ((server?.cpuNs ?? 0) + (proxy?.cpuNs ?? 0)) / measuredNs;
}

function busierOf({ server, proxy, sharedCore }: Load): Limiter {
  if (!proxy) return 'server';
  const serverFull = (server?.saturation ?? 0) >= SATURATED;
  const proxyFull = proxy.saturation >= SATURATED;
  // On a shared core each of the two also counts the time it waited for the other, so the CPU time decides.
  if (!sharedCore && serverFull !== proxyFull) return serverFull ? 'server' : 'proxy';
  return proxy.cpuNs > (server?.cpuNs ?? 0) ? 'proxy' : 'server';
}

/** From the one that says least about the server to the one that says most. */
const doubtful: readonly Limiter[] = ['generator', 'rate', 'proxy', 'server'];

/**
 * The limiter of a cell from those of its rounds: what more than half of them had, otherwise the one among them that
 * says least about the server. `mixed` when the rounds disagree. Undefined without rounds.
 */
export function mergeLimiters(
  limiters: readonly Limiter[],
): { readonly limiter: Limiter; readonly mixed: boolean } | undefined {
  const count = (limiter: Limiter) => limiters.filter((one) => one === limiter).length;
  const limiter =
    doubtful.find((one) => count(one) > limiters.length / 2) ?? doubtful.find((one) => count(one) > 0);
  return limiter && { limiter, mixed: count(limiter) < limiters.length };
}
