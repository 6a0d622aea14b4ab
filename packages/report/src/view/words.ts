import type { Report } from '@ws-arena/results/report-file';

/** What each word and sign of a report means: the only place that says it. */
export function words({
  equalWithin,
}: Pick<Report, 'equalWithin'>): readonly (readonly [word: string, about: string])[] {
  const margin = Math.round(equalWithin * 100);
  return [
    ['best', 'better than at least one other target, and no target was shown to be better'],
    ['behind', 'a test showed that it is worse than the best; 1.5× is its ratio to the best'],
    ['equal', `the whole 95 % interval of the ratio is within ${margin} % of 1`],
    ['undecided', 'neither a difference nor equality was shown'],
    ['not ranked', 'the load generator was the limit, or there was nothing to compare it with'],
    ['≥', 'a lower bound: the load generator could not do more, or no higher rate was offered'],
    ['!', 'a warning about a figure'],
  ];
}

/** The same as one paragraph. */
export function wordsText(report: Pick<Report, 'equalWithin'>): string {
  return words(report)
    .map(([word, about]) => `“${word}”: ${about}.`)
    .join(' ');
}
