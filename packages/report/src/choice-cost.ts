import type { Cell, Finding } from '@ws-arena/results/report-file';
import { groupKey } from '@ws-arena/results/trial';
import { comparedTo, type Measured } from './compare.ts';

/** A parameter, the value of it that the others are held against, and how a reason names a value. */
export interface Choice {
  readonly param: string;
  readonly base: string;
  readonly words: (value: string) => string;
}

/** One figure of a case, and the same one of the case that has the base and is otherwise its like. */
export interface ChoiceCost {
  readonly base: Cell;
  readonly chosen: Cell;
  readonly finding: Finding;
}

/**
 * Every figure of one value of a parameter against the same one of the base. Their slices take turns, so blocks are pairs.
 * @param isTold whether a pair is compared at all.
 */
export function choiceCostsOf(
  measured: readonly Measured[],
  { param, base, words }: Choice,
  equalWithin: number,
  isTold: (base: Cell, chosen: Cell) => boolean = () => true,
): ChoiceCost[] {
  const chosenIn = ({ cell }: Measured) => String(cell.params[param]);
  const baseKey = ({ cell: { scenario, route, target, params, metric } }: Measured) =>
    `${groupKey({ scenario, route, params: { ...params, [param]: base } })} ${target} ${metric}`;
  /** Both sides of a pair are of one target: a reason is to say which of the two it means. */
  const named = (one: Measured): Measured => ({
    ...one,
    cell: { ...one.cell, target: `${one.cell.target} ${words(chosenIn(one))}` },
  });
  const bases = new Map(
    measured.filter((one) => chosenIn(one) === base).map((one) => [baseKey(one), one] as const),
  );
  const baseOf = (one: Measured) => {
    const baseline = bases.get(baseKey(one));
    return baseline && isTold(baseline.cell, one.cell) ? baseline : undefined;
  };
  const found = comparedTo(measured, baseOf, equalWithin, named);
  return found.map(({ baseline, target, finding }) => ({
    base: baseline.cell,
    chosen: target.cell,
    finding,
  }));
}
