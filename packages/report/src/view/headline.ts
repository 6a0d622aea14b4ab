import type { Need, NeedRow } from '@ws-arena/results/report-file';
import { spread } from './scale.ts';
import { factorText, placeText } from './verdict-text.ts';

/** Who serves a need best in this run, and how sure that is. */
export interface Headline {
  readonly winners: readonly string[];
  /** Those that could not be told from the best: neither a difference nor equality was shown. */
  readonly perhaps: readonly string[];
  /** The figure of the first, and how far the next is behind. */
  readonly margin: string;
}

/** The answer of a need in a few words. */
export function headline({ rows, unit, metric }: Need): Headline {
  const placed = rows
    .filter(({ estimate }) => estimate)
    .sort((a, b) => (a.ratioToBest ?? Infinity) - (b.ratioToBest ?? Infinity));
  const of = (...places: NeedRow['place'][]) => placed.filter(({ place }) => places.includes(place));
  const leading = [...of('best'), ...of('equal')];
  const open = of('undecided');
  if (leading.length === 0) {
    const reason = placed.find((row) => row.reason !== undefined)?.reason ?? 'nothing was measured';
    return { winners: [], perhaps: open.map(({ target }) => target), margin: reason };
  }
  const [first] = leading as [NeedRow, ...NeedRow[]];
  const { text } = placeText(first, unit, metric);
  const isMeasured = metric !== 'capacity' && metric !== 'conformance';
  const figure = [text, first.estimate && isMeasured ? spread(first.estimate) : ''].filter(Boolean).join(' ');
  const [next] = of('behind');
  const behind =
    next && next.ratioToBest !== null ? `; ${next.target} is ${factorText(next.ratioToBest)} behind` : '';
  return {
    winners: leading.map(({ target }) => target),
    perhaps: open.map(({ target }) => target),
    margin: `${figure}${behind}`,
  };
}
