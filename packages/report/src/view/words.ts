import type { Report } from '@ws-arena/results/report-file';

/** What each word and sign of a report means: the only place that says it. */
export function words({
  equalWithin,
}: Pick<Report, 'equalWithin'>): readonly (readonly [word: string, about: string])[] {
  const margin = Math.round(equalWithin * 100);
  return [
    ['best', 'better than another target, and none was shown to be better'],
    ['behind', 'a test showed a difference from the best; 1.5× is half as much again'],
    ['equal', `the whole 95 % interval of the ratio is within ${margin} % of 1`],
    ['undecided', 'neither a difference nor equality was shown'],
    ['not ranked', 'the load generator was the limit, or nothing was measured to compare it with'],
    ['≥', 'a lower bound: the load generator, or the ladder of rates, ended there'],
    ['!', 'a warning about a figure'],
  ];
}

/** The same as one paragraph. */
export function wordsText(report: Pick<Report, 'equalWithin'>): string {
  return words(report)
    .map(([word, about]) => `“${word}”: ${about}.`)
    .join(' ');
}
