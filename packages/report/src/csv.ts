import type { Report } from '@ws-arena/results/report-file';
import { cellKey } from './compare.ts';

const before = ['case', 'scenario', 'target', 'route'];
const after = [
  'metric',
  'unit',
  'better',
  'center',
  'lo',
  'hi',
  'n',
  'limiter',
  'baseline',
  'ratio',
  'ratio_lo',
  'ratio_hi',
  'p',
  'verdict',
  'reason',
  'warnings',
];

/**
 * A report as CSV (RFC 4180, with `\n`): a line per cell in base units, unscaled and unrounded, with its comparison to
 * the baseline and a column for each parameter. `case` is what the slices in the run file name it by.
 */
export function renderCsv(report: Report): string {
  const params = [...new Set(report.cells.flatMap((cell) => Object.keys(cell.params)))].sort();
  const comparisons = new Map(
    report.comparisons.map((one) => [
      `${cellKey(one)} ${one.target}`,
      [one.baseline, one.ratio.center, one.ratio.lo, one.ratio.hi, one.p, one.verdict, one.reason ?? ''],
    ]),
  );
  const lines = report.cells.map((cell) => {
    const { scenario, target, route, metric, unit, better, estimate, limiter, warnings } = cell;
    const compared = comparisons.get(`${cellKey(cell)} ${target}`) ?? ['', '', '', '', '', '', ''];
    return [
      cell.case,
      scenario,
      target,
      route,
      ...params.map((name) => cell.params[name] ?? ''),
      metric,
      unit,
      better,
      estimate.center,
      estimate.lo,
      estimate.hi,
      estimate.n,
      limiter ?? '',
      ...compared,
      warnings.map(({ kind, detail }) => `${kind}: ${detail}`).join('; '),
    ];
  });
  return [[...before, ...params, ...after], ...lines]
    .map((line) => `${line.map(field).join(',')}\n`)
    .join('');
}

function field(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
