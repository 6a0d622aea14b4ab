import type { Cell, Estimate } from '@ws-arena/results/report-file';

/** A factor between a stored number and a printed one. */
interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

const decimal: readonly Scale[] = [
  { factor: 1e9, suffix: 'G' },
  { factor: 1e6, suffix: 'M' },
  { factor: 1e3, suffix: 'k' },
  { factor: 1, suffix: '' },
];
const time: readonly Scale[] = [
  { factor: 1e9, suffix: ' s' },
  { factor: 1e6, suffix: ' ms' },
  { factor: 1e3, suffix: ' µs' },
  { factor: 1, suffix: ' ns' },
];
const binary: readonly Scale[] = [
  { factor: 2 ** 30, suffix: ' GiB' },
  { factor: 2 ** 20, suffix: ' MiB' },
  { factor: 2 ** 10, suffix: ' KiB' },
  { factor: 1, suffix: ' B' },
];

/**
 * A value in a base unit (`1/s`, `ns`, `B`, `1`) as a reader wants it, with three significant digits: `1.02M/s`,
 * `5.9 µs`, `7.8 KiB`, `0.31`. Reports store base units; this is the only place that scales them.
 */
export function scaled(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'ns') return by(time, value);
  if (unit === 'B') return by(binary, value);
  return unit === '1/s' ? `${by(decimal, value)}/s` : by(decimal, value);
}

/** A cell's center; a rate that the generator limited has `≥` before it: the truth may be anything beyond. */
export function scaledCenter(cell: Pick<Cell, 'estimate' | 'unit' | 'limiter'>): string {
  const bound = cell.unit === '1/s' && cell.limiter === 'generator' ? '≥ ' : '';
  return `${bound}${scaled(cell.estimate.center, cell.unit)}`;
}

/** How far the interval reaches from the center on its longer side, `± 3 %`; empty where there is no sense in it. */
export function spread({ center, lo, hi }: Estimate): string {
  if (lo === null || hi === null || lo === hi || !(center > 0) || lo < 0) return '';
  return `± ${percent(Math.max(hi - center, center - lo) / center)}`;
}

/** The interval in words: `6.9 µs to 7.12 µs`; empty without one. */
export function intervalText({ lo, hi }: Pick<Estimate, 'lo' | 'hi'>, unit: string): string {
  return lo === null || hi === null ? '' : `${scaled(lo, unit)} to ${scaled(hi, unit)}`;
}

/** A share as a whole number of per cent, and with one digit below 10: `3 %`, `0.4 %`, `38 %`. */
export function percent(share: number): string {
  return `${share < 0.095 ? Number((share * 100).toPrecision(1)) : Math.round(share * 100)} %`;
}

/** How many times better or worse, always at least 1: `8.37×`. */
export function times(ratio: number): string {
  const factor = ratio >= 1 ? ratio : 1 / ratio;
  return Number.isFinite(factor) ? `${significant(factor)}×` : '–';
}

function by(scales: readonly Scale[], value: number): string {
  const size = Math.abs(value);
  // 999.6 with three digits is 1000, which belongs to the next scale.
  const scale = scales.find(({ factor }) => size / factor >= 0.9995) ?? scales.at(-1)!;
  return `${significant(value / scale.factor)}${scale.suffix}`;
}

function significant(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
