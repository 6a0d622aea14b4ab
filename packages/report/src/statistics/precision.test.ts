import { expect, test } from 'vitest';
import { type PairedRatio, pairedRatio } from './paired-ratio.ts';
import { halfWidth, widestHalfWidth } from './precision.ts';

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
