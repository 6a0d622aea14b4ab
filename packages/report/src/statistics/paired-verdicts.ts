import { adjustForFalseDiscovery } from './false-discovery.ts';
import { ALPHA, MIN_BLOCKS } from './interval.ts';
import type { PairedRatio } from './paired-ratio.ts';

/** A ratio to be judged, and which way its figure is better. */
export interface Judged {
  readonly paired: PairedRatio;
  readonly better: 'higher' | 'lower';
}

/** What became of a ratio among its family. */
export interface PairedVerdict {
  /** Adjusted for the whole family; never below the `p` of the ratio itself. */
  readonly p: number;
  /** `~` unless the adjusted p is below 0.05; then the interval of the ratio excludes 1, too. */
  readonly verdict: 'better' | 'worse' | '~';
}

/**
 * Judges all ratios of a family at once, in the order given, with the false discovery rate held at 5 %. A ratio from fewer
 * than `MIN_BLOCKS` blocks is `~` and counts as none of the family: a test that can find nothing finds nothing falsely
 * (Tarone, Biometrics 46, 1990).
 */
export function pairedVerdicts(family: readonly Judged[]): PairedVerdict[] {
  const able = family.filter(({ paired }) => paired.n >= MIN_BLOCKS);
  const adjusted = adjustForFalseDiscovery(able.map(({ paired }) => paired.p));
  const adjustedOf = new Map(able.map((one, index) => [one, adjusted[index]!]));
  return family.map((one) => {
    const p = adjustedOf.get(one) ?? 1;
    if (p >= ALPHA) return { p, verdict: '~' };
    const higher = one.paired.ratio.center > 1;
    return { p, verdict: higher === (one.better === 'higher') ? 'better' : 'worse' };
  });
}
