import { describe, expect, test } from 'vitest';
import { type PaceSettings, pacerOf, STEPS, timeOfRank } from './pacer.ts';

const settings: PaceSettings = {
  ratePerSec: 1000,
  arrivals: 'constant',
  profile: 'constant',
  warmupNs: 1e9,
  durationNs: 10e9,
  worker: 0,
  workers: 1,
  seed: 7,
  jitter: false,
};

/** All intended times before `untilNs`. */
function times(changes: Partial<PaceSettings>, untilNs: number): number[] {
  const pacer = pacerOf({ ...settings, ...changes });
  const all: number[] = [];
  for (; pacer.nextNs < untilNs; pacer.advance()) all.push(pacer.nextNs);
  return all;
}

const countIn = (all: readonly number[], fromNs: number, toNs: number) =>
  all.filter((ns) => ns >= fromNs && ns < toNs).length;

describe('constant arrivals', () => {
  test('with jitter come once in each interval, anywhere in it, and with another seed elsewhere', () => {
    const jittered = times({ jitter: true }, 100e6);
    expect(jittered.map((ns) => Math.floor(ns / 1e6))).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const within = jittered.map((ns) => ns % 1e6);
    expect(Math.max(...within) - Math.min(...within)).toBeGreaterThan(0.9e6);
    expect(times({ jitter: true }, 100e6)).toEqual(jittered);
    expect(times({ jitter: true, seed: 8 }, 100e6)).not.toEqual(jittered);
  });

  test('stand at equal distances from 0 on', () => {
    expect(times({}, 5e6)).toEqual([0, 1e6, 2e6, 3e6, 4e6]);
  });

  test('of several processes interleave to the same schedule', () => {
    const workers = [0, 1, 2].map((worker) => times({ worker, workers: 3 }, 1e9));
    expect(workers.flat().sort((a, b) => a - b)).toEqual(times({}, 1e9));
  });

  test('do not drift: the millionth has its exact place', () => {
    const pacer = pacerOf({ ...settings, ratePerSec: 3 });
    for (let i = 0; i < 1_000_000; i++) pacer.advance();
    expect(pacer.nextNs).toBe(1_000_000 / 3e-9);
  });
});

describe('Poisson arrivals', () => {
  const all = times({ arrivals: 'poisson' }, 100e9);
  const gaps = all.map((ns, i) => ns - (all[i - 1] ?? 0));

  test('have the rate as their mean, within four standard errors', () => {
    expect(Math.abs(all.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
  });

  test('have gaps whose deviation equals their mean', () => {
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((a, gap) => a + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeCloseTo(1, 1);
  });

  test('are the same for the same seed, and other for another', () => {
    expect(times({ arrivals: 'poisson' }, 1e9)).toEqual(all.filter((ns) => ns < 1e9));
    expect(times({ arrivals: 'poisson', seed: 8 }, 1e9)).not.toEqual(all.filter((ns) => ns < 1e9));
  });

  test('of several processes add up to the rate, and differ', () => {
    const [a, b] = [0, 1].map((worker) => times({ arrivals: 'poisson', worker, workers: 2 }, 100e9));
    expect(Math.abs(a!.length + b!.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    expect(a!.slice(0, 10)).not.toEqual(b!.slice(0, 10));
  });
});

describe('profiles', () => {
  test('a ramp rises from nothing to the rate: a quarter of its messages lie in its first half', () => {
    const all = times({ profile: 'ramp' }, 11e9);
    expect(countIn(all, 0, 1e9)).toBe(100);
    expect(countIn(all, 1e9, 11e9)).toBeCloseTo(5000, -1);
    expect(countIn(all, 1e9, 6e9)).toBeCloseTo(1250, -1);
    expect(countIn(all, 10.9e9, 11e9)).toBeCloseTo(99.5, -0.5);
  });

  test('steps rise equally to the rate, from the warm-up at the height of the first', () => {
    const all = times({ profile: 'step' }, 11e9);
    expect(countIn(all, 0, 1e9)).toBe(1000 / STEPS);
    for (let step = 1; step <= STEPS; step++) {
      const inStep = countIn(all, 1e9 + (step - 1) * 2e9, 1e9 + step * 2e9);
      expect(Math.abs(inStep - (2000 * step) / STEPS), `step ${step}`).toBeLessThanOrEqual(1);
    }
  });

  test.each(['constant', 'ramp', 'step'] as const)('%s: times never fall, also after the end', (profile) => {
    const every = Array.from({ length: 30_000 }, (_, rank) => timeOfRank({ ...settings, profile }, rank));
    expect(every.every((ns, i) => i === 0 || ns >= every[i - 1]!)).toBe(true);
    expect(every.at(-1)).toBeGreaterThan(11e9);
  });
});
