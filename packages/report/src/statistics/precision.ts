import { MIN_BLOCKS } from './interval.ts';
import type { PairedRatio } from './paired-ratio.ts';

/** Half the width of the ratio's 95 % interval, as a fraction: 0.03 is ±3 %. Infinity where there is no interval. */
export function halfWidth({ ratio }: PairedRatio): number {
  return Math.sqrt(ratio.hi / ratio.lo) - 1;
}

/** The widest `halfWidth` of a group, which is what its run could resolve; Infinity for an empty group. */
export function widestHalfWidth(group: readonly PairedRatio[]): number {
  return group.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...group.map(halfWidth));
}

/**
 * After how many more blocks `widestHalfWidth` will probably be at most `target`, a fraction above 0: widths shrink with
 * 1/√n. Without an interval yet it is as many blocks as were measured, and what is missing of `MIN_BLOCKS` at least.
 */
export function blocksToGo(group: readonly PairedRatio[], target: number): number {
  if (group.length === 0) return MIN_BLOCKS;
  return Math.max(
    ...group.map((one) => {
      const half = halfWidth(one);
      if (half === Number.POSITIVE_INFINITY) return Math.max(MIN_BLOCKS, 2 * one.n) - one.n;
      const needed = one.n * (Math.log1p(half) / Math.log1p(target)) ** 2;
      return Math.max(0, Math.ceil(needed - one.n));
    }),
  );
}
