import type { Usage } from '@ws-arena/results/trial';
import { describe, expect, test } from 'vitest';
import { limiterOf, mergeLimiters } from './limiter.ts';

const usage = (saturation: number, cpuSeconds = saturation): Usage => ({
  processes: 1,
  cpuNs: cpuSeconds * 1e9,
  systemShare: 0.5,
  saturation,
  rssBytes: 0,
  rssPeakBytes: 0,
});

const rows: [what: string, server: Usage, proxy: Usage | null, generator: Usage, limiter: string][] = [
  ['server full, generator far below', usage(1), null, usage(0.6), 'server'],
  ['server full, generator close below', usage(1), null, usage(0.92), 'server'],
  ['server clearly full, generator nearly', usage(1), null, usage(0.95), 'server'],
  ['both full', usage(1), null, usage(1), 'generator'],
  ['both nearly full', usage(0.94), null, usage(0.94), 'generator'],
  ['generator full', usage(0.5), null, usage(0.99), 'generator'],
  ['nobody full', usage(0.5), null, usage(0.6), 'rate'],
  ['just below', usage(0.92), null, usage(0.92), 'rate'],
  ['proxy takes more of the shared core', usage(1, 0.3), usage(1, 0.65), usage(0.5), 'proxy'],
  ['server takes more of the shared core', usage(1, 0.7), usage(0.95, 0.25), usage(0.5), 'server'],
  ['together they fill the shared core', usage(0.6, 0.6), usage(0.5, 0.36), usage(0.5), 'server'],
  ['together they do not', usage(0.4), usage(0.3), usage(0.5), 'rate'],
];

test.each(rows)('%s', (_what, server, proxy, generator, limiter) => {
  const load = { server, generator, measuredNs: 1e9, sharedCore: true, ...(proxy && { proxy }) };
  expect(limiterOf(load)).toBe(limiter);
});

describe('on cores of their own', () => {
  test.each([
    [usage(1), usage(0.5), 'server'],
    [usage(0.5), usage(1), 'proxy'],
    [usage(0.96, 0.9), usage(0.97, 2.1), 'proxy'],
    [usage(0.6), usage(0.6), 'rate'],
  ])('%# the full one is the limit', (server, proxy, limiter) => {
    expect(limiterOf({ server, proxy, generator: usage(0.5), measuredNs: 1e9, sharedCore: false })).toBe(
      limiter,
    );
  });
});

test('a missed schedule is the generator’s fault only when nothing behind it was full', () => {
  const late = { generator: usage(0.7), behindSchedule: true, measuredNs: 1e9, sharedCore: true };
  expect(limiterOf({ ...late, server: usage(0.5) })).toBe('generator');
  expect(limiterOf({ ...late, server: usage(1) })).toBe('server');
});

test('a generator that nothing is known of is not taken to be idle evidence', () => {
  expect(limiterOf({ server: usage(1), measuredNs: 1e9, sharedCore: true })).toBe('server');
  expect(limiterOf({ measuredNs: 1e9, sharedCore: true })).toBe('rate');
});

test.each([
  [['server', 'server', 'server'], { limiter: 'server', mixed: false }],
  [['server', 'generator', 'server'], { limiter: 'server', mixed: true }],
  [['server', 'generator'], { limiter: 'generator', mixed: true }],
  [['server', 'proxy', 'rate'], { limiter: 'rate', mixed: true }],
  [[], undefined],
] as const)('rounds %j make %j', (limiters, merged) => {
  expect(mergeLimiters(limiters)).toEqual(merged);
});
