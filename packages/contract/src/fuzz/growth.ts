import type { Harm } from './victim.ts';

const MIB = 2 ** 20;
/** What an allocator may keep more of, late in a run, without ever keeping more again. */
const SLACK_BYTES = 16 * MIB;
/** Fewer readings than this say nothing. */
const LEAST_READINGS = 16;

/**
 * Whether memory grows without an end in sight: the least of the last quarter of the readings is above the most of the
 * second quarter. A start-up that grows and levels off is none.
 */
export function growth(bytes: readonly number[]): Harm | undefined {
  if (bytes.length < LEAST_READINGS) return undefined;
  const quarter = Math.floor(bytes.length / 4);
  const before = Math.max(...bytes.slice(quarter, 2 * quarter));
  const after = Math.min(...bytes.slice(-quarter));
  if (after <= before + SLACK_BYTES) return undefined;
  const mib = [before, after].map((value) => `${Math.round(value / MIB)} MiB`);
  return {
    kind: 'growth',
    sentence: `memory without attackers was at most ${mib[0]}, and later at least ${mib[1]}`,
  };
}
