import { describe, expect, test } from 'vitest';
import { pairedRatio } from './paired-ratio.ts';
import { autoregressive, type Noise, noises } from './testing/noise.ts';

const ones = (n: number) => new Array<number>(n).fill(1);
const ofLogs = (logs: readonly number[]) => pairedRatio(logs.map(Math.exp), ones(logs.length));

// Hamilton's depression scores (Hollander and Wolfe 1973, table 3.1; R's help page of wilcox.test: pseudomedian 0.46,
// exact p 0.0391). There the interval is 0.010 to 0.786 at 96.1 %. Ours, and p, are interpolated between the steps of the
// test; an independent sum in numpy 2 gave the figures here and in the other rows.
const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

test.each<[logs: number[], center: number, lo: number, hi: number, p: number]>([
  [before.map((one, i) => one - after[i]!), 0.46, 0.10205, 0.7755, 0.036458333333333336],
  [[0, 0.1, 0.2, 0.3, 0.4, 0.5], 0.25, 0.03, 0.47, 0.03125],
  [[0.031, -0.012, 0.054, 0.027, -0.004, 0.063], 0.027, -0.0096, 0.0603, 0.11548913043478261],
  [
    [0.031, -0.012, 0.054, 0.027, -0.044, 0.063, 0.018, -0.15, 0.009, 0.041, 0.037, 0.022],
    0.0215,
    -0.019915,
    0.039345,
    0.21354166666666666,
  ],
])('log ratios %j', (logs, center, lo, hi, p) => {
  const got = ofLogs(logs);
  expect(Math.log(got.ratio.center)).toBeCloseTo(center, 9);
  expect(Math.log(got.ratio.lo)).toBeCloseTo(lo, 9);
  expect(Math.log(got.ratio.hi)).toBeCloseTo(hi, 9);
  expect(got.p).toBeCloseTo(p, 9);
  expect(got.n).toBe(logs.length);
});

test('drift that hits both alike is not seen', () => {
  const drift = [10, 12, 17, 30, 22, 15, 40, 11];
  const { ratio, p } = pairedRatio(
    drift.map((value, i) => value * (1.03 + 0.001 * i)),
    drift,
  );
  expect(ratio.lo).toBeGreaterThan(1.03);
  expect(ratio.hi).toBeLessThan(1.037);
  expect(p).toBeCloseTo(2 / 2 ** 8, 12);
});

test('20 blocks that resemble their neighbours still show a difference that is large beside how far they stray', () => {
  const { normal } = noises(8);
  const logs = autoregressive(20, 0.9, normal).map((value) => Math.log(1.9) + 0.03 * value);
  const { ratio, p } = ofLogs(logs);
  expect(p).toBeLessThan(0.001);
  expect(ratio.lo).toBeGreaterThan(1.5);
  const alone = ofLogs(logs.map((_, i) => logs[(7 * i) % 20]!));
  expect(Math.log(ratio.hi / ratio.lo)).toBeGreaterThan(1.5 * Math.log(alone.ratio.hi / alone.ratio.lo));
});

test('one wild block moves the ratio little', () => {
  const calm = Array.from({ length: 20 }, (_, i) => 1.05 + 0.001 * ((7 * i) % 20));
  expect(pairedRatio([...calm, 30], ones(21)).ratio.hi).toBeLessThan(1.07);
});

describe('p is below 0.05 exactly when the interval excludes 1, and the other way round gives the reciprocal', () => {
  const { normal, random } = noises(11);
  test.each<[string, (n: number) => number[]]>([
    ['smooth', (n) => Array.from({ length: n }, () => Math.exp(0.1 * normal()))],
    ['a few kinds of values', (n) => Array.from({ length: n }, () => 1 + Math.floor(random() * 4))],
    ['drifting', (n) => autoregressive(n, 0.6, normal).map((value) => Math.exp(value))],
  ])('%s', (_kind, draw) => {
    let excluded = 0;
    for (let trial = 0; trial < 2000; trial += 1) {
      const n = 6 + Math.floor(random() * 20);
      const [a, b] = [draw(n).map((value) => value * 1.05), draw(n)];
      const one = pairedRatio(a, b);
      const other = pairedRatio(b, a);
      const excludes = one.ratio.lo > 1 || one.ratio.hi < 1;
      expect(one.p < 0.05).toBe(excludes);
      expect(other.p).toBeCloseTo(one.p, 10);
      expect(other.ratio.lo).toBeCloseTo(1 / one.ratio.hi, 8);
      if (excludes) excluded += 1;
    }
    expect(excluded).toBeGreaterThan(50);
    expect(excluded).toBeLessThan(1900);
  });
});

test.each([6, 30])('%i equal blocks show no difference', (n) => {
  expect(pairedRatio(ones(n), ones(n))).toEqual({ ratio: { center: 1, lo: 1, hi: 1 }, p: 1, n });
});

test('twice is twice and half is its opposite, whatever it was rounded from', () => {
  // 1 of the means of pairs is below 0 and 5 are 0: p is 2·P(V ≤ 5) = 2·10 ÷ 64.
  expect(pairedRatio([6, 10, 14, 22, 26, 41], [3, 5, 7, 11, 13, 82]).p).toBeCloseTo(0.3125, 12);
});

test('below 6 blocks there is no interval', () => {
  const none = { lo: 0, hi: Number.POSITIVE_INFINITY };
  expect(pairedRatio(ones(5), ones(5))).toEqual({ ratio: { center: 1, ...none }, p: 1, n: 5 });
  expect(pairedRatio([], [])).toEqual({ ratio: { center: Number.NaN, ...none }, p: 1, n: 0 });
});

test.each<[number[], number[], string]>([
  [[1, 2], [1], 'needs both figures of each block; got 2 and 1'],
  [[1, 0], [1, 1], 'needs finite figures above 0; got 0 and 1 in block 1'],
  [[1], [Number.NaN], 'needs finite figures above 0; got 1 and NaN in block 0'],
  [[-1], [1], 'needs finite figures above 0; got -1 and 1 in block 0'],
])('%j and %j are refused', (values, baseline, message) => {
  expect(() => pairedRatio(values, baseline)).toThrow(new RangeError(message));
});

// The full table is in docs/method.md, from coverage.ts. The standard error of 4000 trials is 0.3 points.
describe('coverage of the true ratio', () => {
  const { normal, t2, contaminated } = noises(5);
  const independent = (noise: Noise) => (n: number) => Array.from({ length: n }, noise);
  test.each<[string, number, (n: number) => number[], atLeast: number, atMost: number]>([
    ['normal', 6, independent(normal), 0.94, 0.965],
    ['t with 2 degrees of freedom', 10, independent(t2), 0.94, 0.96],
    ['normal', 16, independent(normal), 0.94, 0.96],
    ['contaminated', 30, independent(contaminated), 0.94, 0.96],
    ['neighbours alike, 0.3', 30, (n) => autoregressive(n, 0.3, normal), 0.925, 0.96],
  ])('%s, %i blocks', (_kind, n, draw, atLeast, atMost) => {
    let held = 0;
    const trials = 4000;
    for (let trial = 0; trial < trials; trial += 1) {
      const { ratio } = ofLogs(draw(n).map((value) => Math.log(1.2) + 0.1 * value));
      if (ratio.lo <= 1.2 && 1.2 <= ratio.hi) held += 1;
    }
    expect(held / trials).toBeGreaterThan(atLeast);
    expect(held / trials).toBeLessThan(atMost);
  });
});
