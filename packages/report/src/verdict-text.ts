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

/** A target's place in a need: `**best** 1.02M/s`, `8.37× behind`, `tie 124k/s`. */
export function placeText({ estimate, ratioToBest, place, limiter }: NeedRow, unit: string): string {
  if (!estimate) return '–';
  const value = `${limiter === 'generator' ? '≥ ' : ''}${scaled(estimate.center, unit)}`;
  if (place === 'best') return `${value}, best`;
  if (place === 'tie') return `${value}, tie`;
  if (place === 'unranked') return `${value}, not ranked`;
  const behind = ratioToBest === null || ratioToBest === 1 ? '' : `, ${times(ratioToBest)} behind`;
  return place === 'behind' ? `${value}${behind}` : `${value}${behind}?`;
}
