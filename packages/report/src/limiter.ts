import type { Limiter } from '@ws-arena/results/report-file';
import type { SliceUsage } from '@ws-arena/results/slice-line';

/** From here on a thread counts as saturated: it waited for work less than a fourteenth of the time. */
export const SATURATED = 0.93;

/** A server this full, with a generator this much below it, outweighs a generator that is nearly full too. */
const FULL = 0.97;
const CLEARLY_BELOW = 0.03;

/** A load that lasted, and how busy each role was meanwhile. */
interface Busy {
  readonly load?: { readonly wallNs: number };
  readonly usage?: Readonly<Record<'server' | 'generator', SliceUsage>> & {
    readonly proxy?: SliceUsage;
    readonly redis?: SliceUsage;
  };
}

/** How busy each role was over some slices: the mean saturation, each slice by its length. */
interface Saturation {
  readonly server: number;
  readonly proxy: number;
  readonly generator: number;
  /** CPU time of server, proxy and Redis over the time, which is 1 where they fill one core. */
  readonly core: number;
  readonly proxied: boolean;
}

/**
 * Who was saturated over `slices`, which are of one case. In doubt it is the generator, because a figure that the
 * generator limited says nothing about the server. Noise of other processes makes a role wait for a core, which counts
 * as being busy: a role that never sleeps is the limit with or without it.
 * @param sharedCore server and proxy run on one core, so the two are full together.
 */
export function limiterOf(slices: readonly Busy[], sharedCore: boolean): Limiter {
  const { server, proxy, generator, core, proxied } = saturationOf(slices);
  const serving = Math.max(server, proxy);
  const clearlyServing = serving >= FULL && generator < FULL && serving - generator >= CLEARLY_BELOW;
  if (generator >= SATURATED && !clearlyServing) return 'generator';
  const full = serving >= SATURATED || (sharedCore && proxied && core >= SATURATED);
  if (!full) return 'none';
  if (!proxied) return 'server';
  if (sharedCore) return 'server+proxy';
  return proxy > server ? 'proxy' : 'server';
}

function saturationOf(slices: readonly Busy[]): Saturation {
  const sums = { server: 0, proxy: 0, generator: 0, core: 0 };
  let wall = 0;
  let proxied = false;
  for (const { load, usage } of slices) {
    if (!load || !usage) continue;
    const { server, proxy, redis, generator } = usage;
    const busy = (role: SliceUsage | undefined) => (role?.saturation ?? 0) * load.wallNs;
    wall += load.wallNs;
    sums.server += busy(server);
    sums.proxy += busy(proxy);
    sums.generator += busy(generator);
    sums.core += server.cpuNs + (proxy?.cpuNs ?? 0) + (redis?.cpuNs ?? 0);
    proxied ||= proxy !== undefined;
  }
  const mean = (sum: number) => (wall > 0 ? sum / wall : 0);
  return {
    server: mean(sums.server),
    proxy: mean(sums.proxy),
    generator: mean(sums.generator),
    core: mean(sums.core),
    proxied,
  };
}
