import type { Comparison, NeedRow } from '@ws-arena/results/report-file';
import { scaled, times } from './scale.ts';

type Verdict = Pick<Comparison, 'ratio' | 'verdict' | 'undecided'>;

const why = { generator: 'generator', 'few-rounds': 'few rounds' } as const;

/** A verdict in a cell: `8.37× better`, `1.5× worse`, `~`, or `~ few rounds` and `~ generator` where no test decides. */
export function verdictText({ ratio, verdict, undecided }: Verdict): string {
  if (verdict !== '~') return `${times(ratio.center)} ${verdict}`;
  return undecided ? `~ ${why[undecided]}` : '~';
}

/** A p value: `p < 0.001`, `p = 0.010`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** How far behind: `8.37× behind`, near 1 `6 % behind`. */
export function behindText(ratio: number): string {
  return ratio < 1.1 ? `${Number(((ratio - 1) * 100).toPrecision(1))} % behind` : `${times(ratio)} behind`;
}

/** The interval of a ratio: `0.92 to 6.6`. */
export function ratioText({ lo, hi }: { readonly lo: number; readonly hi: number }): string {
  return [lo, hi].map((bound) => Number(bound.toPrecision(3))).join(' to ');
}

/** A target's place in a need: `1.02M/s, best`, `50.5k/s, 2.48× behind`, `49k/s, tie`, `891 µs, 4.41× behind?`. */
export function placeText(row: NeedRow, unit: string): string {
  const { estimate, ratioToBest, place, limiter } = row;
  if (!estimate) return '–';
  const value = `${limiter === 'generator' ? '≥ ' : ''}${scaled(estimate.center, unit)}`;
  if (place === 'best' || place === 'tie') return `${value}, ${place}`;
  if (place === 'unranked') return `${value}, not ranked`;
  const behind = ratioToBest === null || ratioToBest === 1 ? '' : `, ${behindText(ratioToBest)}`;
  return place === 'behind' ? `${value}${behind}` : `${value}${behind}?`;
}
