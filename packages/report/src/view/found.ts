import type { Report } from '@ws-arena/results/report-file';
import { headline } from './headline.ts';
import { listed } from './labels.ts';
import { resolutionText } from './needs-table.ts';

/** What a run found, in at most three lines: who is best in what, what it could not decide, and how small a difference it shows. */
export function found(report: Report): string[] {
  const answers = report.needs.map((need) => ({ need, ...headline(need) }));
  const decided = answers.filter(({ winners }) => winners.length > 0);
  const open = answers.filter(({ winners }) => winners.length === 0);
  const best = [...Map.groupBy(decided, ({ winners }) => listed(winners))].map(([who, own]) => {
    const what = own
      .map(({ need, margin, perhaps }) => `${need.title} (${margin}${orPerhaps(perhaps)})`)
      .join(', ');
    return `${who} in ${what}`;
  });
  const why = open.map(({ need, margin }) => `${need.title} (${margin})`).join(', ');
  const sure = [...resolutionText(report), ...(report.banner === null ? [] : [report.banner])].join(' ');
  return [
    ...(best.length > 0 ? [`Best: ${best.join('; ')}.`] : []),
    ...(why ? [`Not decided: ${why}.`] : []),
    ...(sure ? [sure] : []),
  ];
}

function orPerhaps(names: readonly string[]): string {
  return names.length > 0 ? `; perhaps also ${listed(names)}` : '';
}
