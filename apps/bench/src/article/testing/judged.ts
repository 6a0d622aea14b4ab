import type { ArticleVerdict, ClaimFigures } from '@ws-arena/results/article-file';
import { expect, test } from 'vitest';
import type { Claim } from '../claim.ts';

/** A value, or a value with its interval. */
type Value = number | readonly [value: number, lo: number, hi: number];

/** Figures and the verdict that they must come to; a figure that is not named has the value of the first case. */
export type Case<Name extends string> = readonly [
  ArticleVerdict | 'undecided',
  Readonly<Partial<Record<Name, Value>>>,
];

const verdicts: readonly ArticleVerdict[] = ['does not hold', 'holds', 'holds if'];

/** The claims that were tested by `judged`. */
export const tested = new Set<string>();

/** Tests the verdicts of a claim: each of `cases`, and that each of the three verdicts is among them. */
export function judged<Name extends string>(
  claim: Claim<Name>,
  first: Readonly<Record<Name, Value>>,
  cases: readonly Case<Name>[],
): void {
  tested.add(claim.id);
  test(`${claim.id}: each verdict follows from figures`, () => {
    for (const [verdict, changes] of cases) {
      const { verdict: found, because } = claim.judge(figuresOf({ ...first, ...changes }));
      expect(found, JSON.stringify(changes)).toBe(verdict);
      expect(because).toMatch(/\.$/);
    }
    const reached = new Set(cases.map(([verdict]) => verdict));
    expect(verdicts.filter((verdict) => !reached.has(verdict))).toEqual([]);
  });
}

function figuresOf<Name extends string>(values: Readonly<Record<Name, Value>>): ClaimFigures<Name> {
  const figures = Object.entries<Value>(values).map(([name, value]) => {
    const [center, lo, hi] = typeof value === 'number' ? [value] : value;
    return [name, { value: center, unit: 'count', ...(lo !== undefined && { lo, hi }) }];
  });
  return Object.fromEntries(figures) as ClaimFigures<Name>;
}
