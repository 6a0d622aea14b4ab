import { normalTail } from './normal.ts';

/** From this many values on, p is from the normal approximation; below, it is exact. */
export const NORMAL_FROM = 16;

/**
 * The two-sided p of Wilcoxon's signed-rank test of `n` values (Biometrics Bulletin 1, 1945) when its statistic is
 * `statistic` or further out, 0 to n(n+1)/2. Exact below `NORMAL_FROM` values; from there on the normal approximation with
 * continuity correction.
 */
export function signedRankP(n: number, statistic: number): number {
  const sums = (n * (n + 1)) / 2;
  const least = Math.min(statistic, sums - statistic);
  if (n < NORMAL_FROM) return Math.min(1, 2 * lowerTails(n)[least]!);
  const sigma = Math.sqrt((sums * (2 * n + 1)) / 12);
  return Math.min(1, 2 * normalTail((sums / 2 - least - 0.5) / sigma));
}

const tails = new Map<number, Float64Array>();

/** For each sum: the probability that a random choice of the ranks 1 to `n` adds up to at most that. */
function lowerTails(n: number): Float64Array {
  const known = tails.get(n);
  if (known) return known;
  const share = new Float64Array((n * (n + 1)) / 2 + 1);
  share[0] = 0.5 ** n;
  for (let rank = 1; rank <= n; rank += 1) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= rank; sum -= 1) share[sum]! += share[sum - rank]!;
  }
  for (let sum = 1; sum < share.length; sum += 1) share[sum]! += share[sum - 1]!;
  tails.set(n, share);
  return share;
}
