import type { ArticleFile, TriedClaim } from '@ws-arena/results/article-file';
import { escapeMarkdown } from '../markdown-table.ts';
import { figureLines, madeOn, noiseText, tally } from './claim-text.ts';

const INTRO = `What the article ["WebSocket на Go"](https://github.com/arootcom/websocket) claims, each tested by an
experiment. Run them on your own machine:

\`\`\`sh
pnpm bench article                       # all of them, within 15 minutes on two cores
pnpm bench article --claims docker-dns,write-deadline
\`\`\`

No verdict is written by hand. An experiment gives figures, and a rule that is a pure function of them gives the verdict.
The code of each is one file in [apps/bench/src/article/claims](../apps/bench/src/article/claims). In brackets stands a
95 % interval. A p99 is the median of the p99 of many short slices. A ratio is paired: both sides were measured in each block.
*Holds if* names a condition that the article does not name; *undecided* means that the intervals are too wide for a verdict.`;

/** `docs/article.md`: the table claim → experiment → figures → verdict. */
export function articleMarkdown(article: ArticleFile): string {
  const parts = [...Map.groupBy(article.claims, ({ part }) => part)];
  return `${[
    '<!-- made by `pnpm bench readme` from docs/reference/article.json, do not edit -->',
    '# The article, claim by claim',
    INTRO,
    `**${tally(article)}.** ${escapeMarkdown(madeOn(article))}`,
    ...parts.flatMap(([part, claims]) => [`## ${escapeMarkdown(part)}`, table(claims)]),
  ].join('\n\n')}\n`;
}

/** Its cells are sentences: padded to one width, the lines would be thousands of characters long. */
function table(claims: readonly TriedClaim[]): string {
  return [
    '| claim | experiment | figures | verdict |',
    '|---|---|---|---|',
    ...claims.map((claim) => `| ${cells(claim).join(' | ')} |`),
  ].join('\n');
}

function cells(claim: TriedClaim): string[] {
  const { id, says, experiment, outcome, because } = claim;
  return [
    `<a id="${id}"></a>${escapeMarkdown(says)} (\`${id}\`)`,
    `${escapeMarkdown(experiment)} *(${noiseText(claim)})*`,
    figureLines(claim).map(escapeMarkdown).join('<br>') || '–',
    `**${outcome}**: ${escapeMarkdown(because)}`,
  ];
}
