import type { Redis } from 'ioredis';
import { nowNs } from '../schedule/clock.ts';

const READINGS = 8;

/** The clocks of this machine against that of Redis, which all agents of a fleet share. */
export interface RedisClock {
  /** The machine's clock minus that of Redis, in milliseconds. */
  readonly aheadMs: number;
  /** Of the reading with the shortest one, whose half is the most that `aheadMs` may be wrong by. */
  readonly roundTripMs: number;
  /** `nowNs` here when Redis' clock says `redisMs`. */
  toNs(redisMs: number): number;
  /** What Redis' clock says now, in milliseconds since 1970. */
  nowMs(): number;
}

/** Reads TIME several times and takes the reading with the shortest round trip, as NTP does (RFC 5905 section 10). */
export async function readRedisClock(redis: Pick<Redis, 'time'>): Promise<RedisClock> {
  let best: { readonly roundTripMs: number; readonly aheadMs: number; readonly offsetMs: number } | undefined;
  for (let i = 0; i < READINGS; i++) {
    const sentMs = nowNs() / 1e6;
    const [seconds, micros] = await redis.time();
    const backMs = nowNs() / 1e6;
    const wallMs = Date.now();
    const roundTripMs = backMs - sentMs;
    const redisMs = Number(seconds) * 1000 + Number(micros) / 1000 + roundTripMs / 2;
    if (best === undefined || roundTripMs < best.roundTripMs)
      best = { roundTripMs, aheadMs: wallMs - redisMs, offsetMs: redisMs - backMs };
  }
  const { roundTripMs, aheadMs, offsetMs } = best!;
  return {
    aheadMs,
    roundTripMs,
    toNs: (redisMs) => (redisMs - offsetMs) * 1e6,
    nowMs: () => nowNs() / 1e6 + offsetMs,
  };
}

/** Why a clock cannot take part, in one sentence without its subject, or undefined when it is within `boundMs`. */
export function clockRefusal({ aheadMs, roundTripMs }: RedisClock, boundMs: number): string | undefined {
  const rounded = (ms: number) => Math.abs(ms).toFixed(1);
  if (Math.abs(aheadMs) > boundMs)
    return `its clock is ${rounded(aheadMs)} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Redis; at most ${boundMs} ms are allowed`;
  if (roundTripMs / 2 > boundMs)
    return `its clock cannot be compared with that of Redis: a round trip takes ${rounded(roundTripMs)} ms; at most ${2 * boundMs} ms are allowed`;
  return undefined;
}
