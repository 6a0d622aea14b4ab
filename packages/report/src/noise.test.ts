import { expect, test } from 'vitest';
import { bannerOf, noiseOf, noiseWarnings } from './noise.ts';
import { sliceOf } from './testdata/slice.ts';

const slice = (others: number, steal: number) =>
  sliceOf({ noise: { othersNs: others * 2e8, stealNs: steal * 2e8, pressureNs: 0.1e8 } });

test('shares are of all cores over the time of the slices; pressure is of the time', () => {
  expect(noiseOf([slice(0.5, 0), slice(0.1, 0.02)], 2)).toEqual({ others: 0.3, steal: 0.01, pressure: 0.1 });
  expect(noiseOf([slice(3, 0), slice(-1, -1)], 2)).toMatchObject({ others: 1, steal: 0 });
  expect(noiseOf([sliceOf()], 2)).toBeNull();
});

test.each([
  [0.049, 0.009, []],
  [0.38, 0, [{ kind: 'busy-machine', detail: 'other processes used 38 % of this machine' }]],
  [0, 0.03, [{ kind: 'steal', detail: 'other virtual machines took 3 % of its time' }]],
])('others %f, steal %f', (others, steal, warnings) => {
  expect(noiseWarnings({ others, steal, pressure: 0 })).toEqual(warnings);
});

test('a busy machine is a sentence on top, a quiet one is not', () => {
  const banner = bannerOf(noiseOf([slice(0.38, 0.02)], 2));
  expect(banner).toMatch(
    /^Other processes used 38 % of this machine, and other virtual machines took 2 % of its time while/,
  );
  expect(bannerOf(noiseOf([slice(0.01, 0)], 2))).toBeNull();
  expect(bannerOf(null)).toBeNull();
});
