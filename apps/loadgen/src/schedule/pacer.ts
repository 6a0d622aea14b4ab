import type { OpenLoad } from '@ws-arena/load/load-spec';
import { seededRandom } from './seeded-random.ts';

/** When messages are to leave: a pure function of its settings, without a clock. Times are nanoseconds since the load's start. */
export interface Pacer {
  /** The intended time of the next message; never falls, and may lie in the past. */
  readonly nextNs: number;
  /** Moves on to the message after it. */
  advance(): void;
}

/** Everything that a schedule depends on. */
export interface PaceSettings {
  /** Messages per second of all processes together, at the profile's height. */
  readonly ratePerSec: number;
  readonly arrivals: OpenLoad['arrivals'];
  readonly profile: OpenLoad['profile'];
  /** Before the profile begins the rate is that of its beginning (for a ramp, a tenth of its height). */
  readonly warmupNs: number;
  /** The length of the profile. */
  readonly durationNs: number;
  /** This process is number `worker` of `workers`, from 0: constant arrivals interleave, Poisson streams are independent. */
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  /** Constant arrivals come anywhere in their interval, so that they do not fall into step with a server. */
  readonly jitter: boolean;
}

/** Heights of the `step` profile. */
export const STEPS = 5;

/** The schedule of one process. */
export function pacerOf(settings: PaceSettings): Pacer {
  const poisson = settings.arrivals === 'poisson';
  const random = seededRandom(settings.seed * 1009 + settings.worker);
  const arrival = poisson ? poissonArrivals(random, settings.workers) : () => settings.workers;
  const offset = settings.jitter && !poisson ? () => (random() / 2 ** 32) * settings.workers : () => 0;
  let rank = poisson ? arrival() : settings.worker;
  const pacer = {
    nextNs: timeOfRank(settings, rank + offset()),
    advance() {
      rank += arrival();
      pacer.nextNs = timeOfRank(settings, rank + offset());
    },
  };
  return pacer;
}

/** Gaps of a Poisson process of rate 1, thinned to one of `workers` streams: exponential with mean `workers`. */
function poissonArrivals(random: () => number, workers: number): () => number {
  return () => -Math.log((random() + 1) / 2 ** 32) * workers;
}

/** Nanoseconds after which the schedule has asked for `rank` messages: the inverse of the rate's integral. */
export function timeOfRank(settings: PaceSettings, rank: number): number {
  const perNs = settings.ratePerSec / 1e9;
  const { profile, warmupNs, durationNs } = settings;
  if (profile === 'constant') return rank / perNs;
  const warmupPerNs = perNs * (profile === 'step' ? 1 / STEPS : 0.1);
  const left = rank - warmupNs * warmupPerNs;
  if (left <= 0) return rank / warmupPerNs;
  if (profile === 'ramp') {
    const whole = (perNs * durationNs) / 2;
    return left <= whole
      ? warmupNs + Math.sqrt((2 * left * durationNs) / perNs)
      : warmupNs + durationNs + (left - whole) / perNs;
  }
  let at = warmupNs;
  let rest = left;
  for (let step = 1; step < STEPS; step++) {
    const messages = (perNs * step * durationNs) / STEPS / STEPS;
    if (rest <= messages) return at + (rest * STEPS) / (perNs * step);
    rest -= messages;
    at += durationNs / STEPS;
  }
  return at + rest / perNs;
}
