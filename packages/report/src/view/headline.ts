import type { Need, NeedRow } from '@ws-arena/results/report-file';
import { factorText, valueText } from './verdict-text.ts';

/** Who serves a need best in this run, and who may. */
export interface Headline {
  /** The best, or those that are equal at the top. */
  readonly winners: readonly string[];
  /** Those that could not be told from the best: neither a difference nor equality was shown. */
  readonly perhaps: readonly string[];
  /** The figure of the first, and how far the next is behind; without a winner, why there is none. */
  readonly margin: string;
}

/** The rows with a figure, the best first. */
export function placed({ rows }: Need): NeedRow[] {
  return rows
    .filter(({ estimate }) => estimate)
    .sort((a, b) => (a.ratioToBest ?? Infinity) - (b.ratioToBest ?? Infinity));
}

/** The answer of a need in a few words. */
export function headline(need: Need): Headline {
  const all = placed(need);
  const of = (...places: NeedRow['place'][]) => all.filter(({ place }) => places.includes(place));
  const leading = of('best', 'equal');
  const perhaps = of('undecided').map(({ target }) => target);
  const [first] = leading;
  if (!first?.estimate) {
    const said = all.find((row) => row.reason !== undefined)?.reason;
    const reason = said ?? (all.length > 0 ? 'no difference was shown' : 'nothing was measured');
    return { winners: [], perhaps, margin: reason };
  }
  const [next] = of('behind');
  const behind =
    next && next.ratioToBest !== null ? `; ${next.target} is ${factorText(next.ratioToBest)} behind` : '';
  return {
    winners: leading.map(({ target }) => target),
    perhaps,
    margin: `${valueText(first.estimate, need.unit, need.metric)}${behind}`,
  };
}
