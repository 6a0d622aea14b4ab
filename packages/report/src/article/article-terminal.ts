import type { ArticleFile, ClaimOutcome, TriedClaim } from '@ws-arena/results/article-file';
import type { TerminalOptions } from '../terminal.ts';
import { paint, type Style, wrap } from '../terminal-text.ts';
import { figureLines, madeOn, noiseText, tally } from './claim-text.ts';

const MAX_COLUMNS = 100;

const styles: Readonly<Record<ClaimOutcome, Style>> = {
  holds: 'green',
  'holds if': 'yellow',
  'does not hold': 'red',
  undecided: 'dim',
  'not tried': 'dim',
  failed: 'red',
};

/** All claims for a terminal; the tally comes last, where it stays in sight. */
export function articleTerminal(article: ArticleFile, options: TerminalOptions): string {
  const lines = [
    ...article.claims.flatMap((claim) => [claimTerminal(claim, options), '']),
    ...wrap(madeOn(article), columnsOf(options)),
    tally(article),
  ];
  return `${lines.join('\n')}\n`;
}

/** One claim: its verdict, its ground and its figures. */
function claimTerminal(claim: TriedClaim, options: TerminalOptions): string {
  const { id, says, experiment, outcome, because } = claim;
  const style = styles[outcome];
  const columns = columnsOf(options);
  const quiet = (text: string) =>
    wrap(text, columns, '  ').map((line) => paint({ text: line, style: 'dim' }, options.color));
  return [
    `${paint({ text: outcome.toUpperCase(), style }, options.color)}  ${id}`,
    ...wrap(`“${says}”`, columns, '  '),
    ...quiet(`${experiment} (${noiseText(claim)})`),
    ...figureLines(claim).flatMap((line) => wrap(line, columns, '    ', '      ')),
    ...wrap(`→ ${because}`, columns, '  ', '    '),
  ].join('\n');
}

const columnsOf = ({ columns }: TerminalOptions): number =>
  Math.max(40, Math.min(MAX_COLUMNS, columns || MAX_COLUMNS));
