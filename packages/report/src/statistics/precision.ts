import type { PairedRatio } from './paired-ratio.ts';

/** Half the width of the ratio's 95 % interval, as a fraction: 0.03 is ±3 %. Infinity where there is no interval. */
export function halfWidth({ ratio }: PairedRatio): number {
  return Math.sqrt(ratio.hi / ratio.lo) - 1;
}

/** The widest `halfWidth` of a group, which is what its run could resolve; Infinity for an empty group. */
export function widestHalfWidth(group: readonly PairedRatio[]): number {
  return group.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...group.map(halfWidth));
}
