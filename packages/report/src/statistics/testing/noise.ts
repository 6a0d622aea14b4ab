import { seededRandom } from '../random.ts';

/** Draws one value of noise. */
export type Noise = () => number;

/** The distributions that the procedures are simulated with, each from its own stream of `seed`. */
export function noises(seed: number) {
  const random = seededRandom(seed);
  const normal: Noise = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const student = (freedom: number) => () => {
    let squares = 0;
    for (let i = 0; i < freedom; i += 1) squares += normal() ** 2;
    return normal() / Math.sqrt(squares / freedom);
  };
  return {
    random,
    normal,
    /** Student's t with 3 and 2 degrees of freedom: now and then a block is far out. */
    t3: student(3),
    t2: student(2),
    /** One block in ten is 10 times as noisy. */
    contaminated: () => normal() * (random() < 0.1 ? 10 : 1),
    /** Skewed: only upwards far out. */
    exponential: () => -Math.log(1 - random()),
    lognormal: () => Math.exp(normal()),
  };
}

/** `n` values of which each resembles the one before: AR(1) with correlation `rho`, driven by `noise`. */
export function autoregressive(n: number, rho: number, noise: Noise): number[] {
  const step = Math.sqrt(1 - rho * rho);
  let state = noise();
  const next = () => {
    state = rho * state + step * noise();
    return state;
  };
  for (let warmUp = 0; warmUp < 20; warmUp += 1) next();
  return Array.from({ length: n }, next);
}
