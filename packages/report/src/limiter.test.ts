import { expect, test } from 'vitest';
import { limiterOf } from './limiter.ts';
import { type SliceChange, sliceOf } from './testdata/slice.ts';

const own = false;
const shared = true;

test.each<[string, string, boolean, SliceChange]>([
  ['nobody is saturated', 'none', own, { server: 0.6, generator: 0.8 }],
  ['the server is', 'server', own, { server: 0.98, generator: 0.7 }],
  ['the generator is', 'generator', own, { server: 0.6, generator: 0.97 }],
  ['both are: in doubt it is the generator', 'generator', own, { server: 0.95, generator: 0.95 }],
  ['the server is full, and the generator nearly', 'server', own, { server: 0.995, generator: 0.94 }],
  ['the proxy is', 'proxy', own, { server: 0.5, proxy: 0.97, generator: 0.6 }],
  ['server and proxy are, each on its core: the fuller', 'server', own, { server: 0.98, proxy: 0.95 }],
  ['server and proxy fill the core that they share', 'server+proxy', shared, { server: 0.5, proxy: 0.45 }],
  ['the same on a core for each', 'none', own, { server: 0.5, proxy: 0.45 }],
  ['one waits for the other on their core', 'server+proxy', shared, { server: 0.96, proxy: 0.4 }],
  ['without a proxy there is nobody to share with', 'server', shared, { server: 0.96 }],
])('%s: %s', (_what, limiter, sharedCore, change) => {
  expect(limiterOf([sliceOf(change)], sharedCore)).toBe(limiter);
});

test('it is the mean of the slices, the longer ones more: one full slice is not the limit', () => {
  const idle = sliceOf({ server: 0.2 });
  const full = (wallNs: number) => sliceOf({ server: 1, load: { wallNs } });
  expect(limiterOf([idle, full(1e8)], own)).toBe('none');
  expect(limiterOf([idle, full(20e8)], own)).toBe('server');
});

test('other processes take half of both cores: a server that waits for its core is still who is full', () => {
  const halved = (role: 'server' | 'generator') =>
    sliceOf({
      usage: {
        server: { cpuNs: 0.5e8, saturation: role === 'server' ? 0.99 : 0.6 },
        generator: { cpuNs: 0.5e8, saturation: role === 'generator' ? 0.99 : 0.6 },
      },
    });
  expect(limiterOf([halved('server')], own)).toBe('server');
  expect(limiterOf([halved('generator')], own)).toBe('generator');
});

test('slices that do not say who was busy name nobody', () => {
  const { usage: _, ...without } = sliceOf();
  expect(limiterOf([without], own)).toBe('none');
});
