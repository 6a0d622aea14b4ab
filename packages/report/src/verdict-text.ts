import type { Comparison, Estimate, Limiter, NeedRow, ProxyCost } from '@ws-arena/results/report-file';
import { scaled, scaledCenter, times } from './scale.ts';

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

/** How many times as much a figure is through a proxy: `2.43×`, `~`, `2.4×?` of too few rounds, `~ generator`. */
export function costRatioText({ ratio, verdict, undecided }: ProxyCost): string {
  if (undecided === 'generator') return `~ ${why.generator}`;
  if (verdict === '~' && !undecided) return '~';
  return `${Number(ratio.center.toPrecision(3))}×${undecided ? '?' : ''}`;
}

/** The same with the interval: `2.43× (2.38 to 2.5)`; without one where the generator was the limit, and of one round. */
export function costText(cost: ProxyCost): string {
  const { undecided, direct, proxied } = cost;
  const bare = undecided === 'generator' || Math.max(direct.n, proxied.n) < 2;
  return `${costRatioText(cost)}${bare ? '' : ` (${ratioText(cost.ratio)})`}`;
}

/** Both sides of a cost: `7.9 µs → 19 µs`. */
export function sidesText({ direct, proxied, directLimiter, limiter, unit }: ProxyCost): string {
  const side = (estimate: Estimate, of: Limiter | null) => scaledCenter({ estimate, unit, limiter: of });
  return `${side(direct, directLimiter)} → ${side(proxied, limiter)}`;
}

/** What limited both sides: `server → proxy`; undefined where the question does not arise. */
export function limitersText({ directLimiter, limiter }: ProxyCost): string | undefined {
  return directLimiter && limiter ? `${directLimiter} → ${limiter}` : undefined;
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
