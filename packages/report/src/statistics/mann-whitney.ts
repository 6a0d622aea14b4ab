import { normalTail } from './normal.ts';

/** Samples larger than this use the normal approximation. */
export const EXACT_LIMIT = 25;

/** The outcome of a Mann–Whitney test. */
export interface UTest {
  /** Pairs in which the first sample's value is the larger one; a tied pair counts one half. */
  readonly u: number;
  /** Two-sided: the probability of a `u` at least this far out if both samples came from one distribution. */
  readonly p: number;
  readonly exact: boolean;
}

/**
 * The Mann–Whitney U test, two-sided (Mann and Whitney, Annals of Mathematical Statistics 18, 1947). Up to
 * `EXACT_LIMIT` values on each side p is exact, also with ties: from the permutation distribution of the rank sum given
 * the ties, p being twice the smaller tail. Above, the normal approximation with continuity and tie correction.
 * @throws RangeError when a sample is empty.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): UTest {
  if (a.length === 0 || b.length === 0) {
    throw new RangeError(`Mann–Whitney needs a value on each side; got ${a.length} and ${b.length}`);
  }
  const { rankSum2, groups } = rank(a, b);
  const u2 = rankSum2 - a.length * (a.length + 1);
  if (groups.length === 1) return { u: u2 / 2, p: 1, exact: true };
  if (a.length <= EXACT_LIMIT && b.length <= EXACT_LIMIT) {
    const below = lowerTails(a.length, groups);
    const total = below.at(-1)!;
    const atMost = below[rankSum2]! / total;
    const atLeast = 1 - (below[rankSum2 - 1] ?? 0) / total;
    return { u: u2 / 2, p: Math.min(1, 2 * Math.min(atMost, atLeast)), exact: true };
  }
  return { u: u2 / 2, p: normalP(u2 / 2, a.length, b.length, groups), exact: false };
}

/**
 * The smallest p that two samples of these sizes can give, however far apart they are: 0.1 at 3 and 3, 0.029 at 4 and
 * 4, 0.008 at 5 and 5. A test whose smallest p is above its level can find nothing.
 */
export function smallestP(n1: number, n2: number): number {
  let ways = 1;
  for (let i = 1; i <= n1; i += 1) ways = (ways * (n2 + i)) / i;
  return Math.min(1, 2 / ways);
}

interface Ranked {
  /** Twice the sum of the first sample's ranks: midranks are halves, so this is whole. */
  readonly rankSum2: number;
  /** How many values share each place, in ascending order. */
  readonly groups: readonly number[];
}

function rank(a: readonly number[], b: readonly number[]): Ranked {
  const all = [...a.map((value) => ({ value, first: 1 })), ...b.map((value) => ({ value, first: 0 }))].sort(
    (x, y) => x.value - y.value,
  );
  const groups: number[] = [];
  let rankSum2 = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    let first = 0;
    while (end < all.length && all[end]!.value === all[start]!.value) {
      first += all[end]!.first;
      end += 1;
    }
    groups.push(end - start);
    rankSum2 += first * (start + 1 + end);
    start = end;
  }
  return { rankSum2, groups };
}

const tails = new Map<string, Float64Array>();

/** For each doubled rank sum: in how many ways `n1` of the ranked values have at most that sum. */
function lowerTails(n1: number, groups: readonly number[]): Float64Array {
  const key = `${n1} ${groups.join(' ')}`;
  const known = tails.get(key);
  if (known) return known;
  const size = groups.reduce((sum, group) => sum + group, 0);
  const sums = n1 * (2 * size - n1 + 1) + 1;
  const ways = Array.from({ length: n1 + 1 }, () => new Float64Array(sums));
  ways[0]![0] = 1;
  let start = 0;
  for (const group of groups) {
    const rank2 = 2 * start + group + 1;
    for (let member = 0; member < group; member += 1) {
      for (let taken = Math.min(n1, start + member + 1); taken >= 1; taken -= 1) {
        const into = ways[taken]!;
        const from = ways[taken - 1]!;
        // No choice of this many from the ranks so far has a greater sum.
        const most = Math.min(sums - 1, taken * rank2);
        for (let sum = rank2; sum <= most; sum += 1) into[sum]! += from[sum - rank2]!;
      }
    }
    start += group;
  }
  const below = ways[n1]!;
  for (let sum = 1; sum < sums; sum += 1) below[sum]! += below[sum - 1]!;
  tails.set(key, below);
  return below;
}

function normalP(u: number, n1: number, n2: number, groups: readonly number[]): number {
  const n = n1 + n2;
  const ties = groups.reduce((sum, group) => sum + (group ** 3 - group), 0);
  const sigma = Math.sqrt(((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1))));
  const distance = Math.abs(u - (n1 * n2) / 2) - 0.5;
  return Math.min(1, 2 * normalTail(distance / sigma));
}
