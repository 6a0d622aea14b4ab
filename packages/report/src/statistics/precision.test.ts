import { expect, test } from 'vitest';
import { type PairedRatio, pairedRatio } from './paired-ratio.ts';
import { blocksToGo, halfWidth, widestHalfWidth } from './precision.ts';
import { noises } from './testing/noise.ts';

const within = (half: number, n: number): PairedRatio => ({
  ratio: { center: 2, lo: 2 / (1 + half), hi: 2 * (1 + half) },
  p: 0,
  n,
});
const none = (n: number) => pairedRatio(new Array<number>(n).fill(1), new Array<number>(n).fill(1));

test('the widest half width is what the group resolves', () => {
  expect(halfWidth(within(0.03, 20))).toBeCloseTo(0.03, 12);
  expect(widestHalfWidth([within(0.03, 20), within(0.08, 20), within(0.01, 20)])).toBeCloseTo(0.08, 12);
  expect(widestHalfWidth([within(0.03, 20), none(5)])).toBe(Number.POSITIVE_INFINITY);
  expect(widestHalfWidth([])).toBe(Number.POSITIVE_INFINITY);
});

test.each<[string, PairedRatio[], target: number, blocks: number]>([
  ['twice as wide as wanted: four times the blocks', [within(1.02 ** 1.99 - 1, 20)], 0.02, 60],
  ['the one that needs most', [within(0.01, 20), within(1.03 ** 2.99 - 1, 10)], 0.03, 80],
  ['reached', [within(0.02, 20)], 0.03, 0],
  ['no interval yet', [none(2)], 0.03, 4],
  ['no interval in spite of enough blocks', [within(Number.POSITIVE_INFINITY, 20)], 0.03, 20],
  ['nothing measured', [], 0.03, 6],
])('%s', (_what, group, target, blocks) => {
  expect(blocksToGo(group, target)).toBe(blocks);
});

test('the forecast comes true for steady noise', () => {
  const { normal } = noises(3);
  const logs = Array.from({ length: 400 }, () => 0.07 * normal());
  const after = (n: number) => {
    const values = logs.slice(0, n).map(Math.exp);
    return pairedRatio(
      values,
      values.map(() => 1),
    );
  };
  const needed = 40 + blocksToGo([after(40)], 0.01);
  expect(needed).toBeGreaterThan(120);
  expect(needed).toBeLessThan(300);
  expect(halfWidth(after(needed))).toBeCloseTo(0.01, 2);
});
