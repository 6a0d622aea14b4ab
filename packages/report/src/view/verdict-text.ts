import type { Estimate, Finding, Limiter, NeedRow } from '@ws-arena/results/report-file';
import { robustnessText } from '../robustness.ts';
import { intervalText, scaled, times } from './scale.ts';
import type { Text, Tone } from './view.ts';

/** A finding in a cell: `8.37× better`, `4 % worse`, `equal`, `undecided`. */
export function verdictText({ ratio, verdict, reason }: Finding): Text {
  const interval = ratioText(ratio);
  const title = [interval && `ratio ${interval}`, reason].filter(Boolean).join('; ');
  const isShown = verdict === 'better' || verdict === 'worse';
  const text = isShown ? `${factorText(ratio.center)} ${verdict}` : verdict;
  return { text, tone: verdict, value: ratio.center, ...(title && { title }) };
}

/** How many times: `8.37×`; near 1 `6 %`. */
export function factorText(ratio: number): string {
  const factor = ratio >= 1 ? ratio : 1 / ratio;
  return factor < 1.1 ? `${Number(((factor - 1) * 100).toPrecision(2))} %` : times(factor);
}

/** The interval of a ratio: `0.92 to 6.6`; empty without one. */
export function ratioText({ lo, hi }: { readonly lo: number | null; readonly hi: number | null }): string {
  return lo === null || hi === null ? '' : [lo, hi].map((bound) => Number(bound.toPrecision(3))).join(' to ');
}

/** A p value: `p < 0.001`, `p = 0.010`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** What was the limit, in words. */
export function limiterText(limiter: Limiter | null): string {
  return limiter === 'server+proxy' ? 'server + proxy' : (limiter ?? '');
}

/** The highest rate that was kept, and the lowest that broke: `40k–80k/s`, `≥ 80k/s`, `< 5k/s`; `undecided` where neither is known. */
export function capacityText({ center, hi }: Pick<Estimate, 'center' | 'hi'>): string {
  if (hi === null) return center > 0 ? `≥ ${scaled(center, '1/s')}` : 'undecided';
  return center > 0
    ? `${scaled(center, '1/s').replace('/s', '')}–${scaled(hi, '1/s')}`
    : `< ${scaled(hi, '1/s')}`;
}

/** A target's place in a need: the value, and below it `best`, `equal`, `2.48× behind`, `undecided`. */
export function placeText(row: NeedRow, unit: string, metric: string): Text {
  const { estimate, place, ratioToBest, ratioInterval, reason } = row;
  if (!estimate) return { text: '–', tone: 'none', ...(reason !== undefined && { detail: reason }) };
  const against = ratioInterval && `${ratioText(ratioInterval)} times the best`;
  const title = [titleOf(estimate, unit, metric), against, reason].filter(Boolean).join('; ');
  return {
    text: valueText(estimate, unit, metric),
    detail: placeDetail[place](row),
    tone: place === 'missing' ? 'none' : (place satisfies Tone),
    ...(title && { title }),
    ...(metric !== 'capacity' || estimate.center > 0 ? { value: estimate.center } : {}),
    ...(ratioToBest !== null && place !== 'unranked' && { bar: { share: 1 / ratioToBest } }),
  };
}

/** A need's figure: `10.1 µs`, `40k–60k/s`, `87 %`. */
export function valueText(estimate: Estimate, unit: string, metric: string): string {
  if (metric === 'capacity') return capacityText(estimate);
  return metric === 'conformance' ? `${Math.round(estimate.center * 100)} %` : scaled(estimate.center, unit);
}

function titleOf(estimate: Estimate, unit: string, metric: string): string {
  if (metric === 'capacity') return '';
  if (metric === 'conformance') return robustnessText(estimate);
  const interval = intervalText(estimate, unit);
  return interval && `${interval} (95 %, n = ${estimate.n})`;
}

const placeDetail: Readonly<Record<NeedRow['place'], (row: NeedRow) => string>> = {
  best: () => 'best',
  equal: () => 'equal',
  behind: ({ ratioToBest }) => (ratioToBest === null ? 'behind' : `${factorText(ratioToBest)} behind`),
  undecided: () => 'undecided',
  unranked: () => 'not ranked',
  missing: () => '',
};
