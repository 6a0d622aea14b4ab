import type { ServerConfig } from './options.ts';

/**
 * The period in milliseconds at which a server looks at its deadlines: a cut comes at most two ticks after its time.
 * An eighth of the shortest wait that it must tell apart, between 10 ms and 1 s.
 */
export function tickMs(config: Pick<ServerConfig, 'pingPeriodMs' | 'pongWaitMs' | 'writeWaitMs'>): number {
  const shortest = Math.min(config.pingPeriodMs, config.pongWaitMs - config.pingPeriodMs, config.writeWaitMs);
  return Math.min(1000, Math.max(10, Math.floor(shortest / 8)));
}
