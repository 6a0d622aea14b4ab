import type { ArticleFile, ClaimOutcome, TriedClaim } from '@ws-arena/results/article-file';
import { htmlDocument } from '../html/document.ts';
import { html, type Markup } from '../html/markup.ts';
import { figureLines, madeOn, noiseText, tally } from './claim-text.ts';

const classes: Readonly<Record<ClaimOutcome, string>> = {
  holds: 'better',
  'holds if': 'equal',
  'does not hold': 'worse',
  undecided: 'none',
  'not tried': 'none',
  failed: 'broken',
};

/** A page of its own that opens offline and has no script. */
export function renderArticleHtml(article: ArticleFile): string {
  return htmlDocument({
    title: 'ws-arena: the article, claim by claim',
    body: html`<header><h1>The article, claim by claim</h1></header><main>${articleSection(article)}</main>`,
  });
}

/** The claims and their verdicts, as a section of a page. */
function articleSection(article: ArticleFile): Markup {
  const parts = [...Map.groupBy(article.claims, ({ part }) => part)];
  return html`<section aria-labelledby="article">
<h2 id="article">Does the article hold?</h2>
<p>${tally(article)}. A rule makes each verdict from figures; <code>pnpm bench article</code> repeats it on your machine.</p>
<p class="quiet small">${madeOn(article)}</p>
${parts.map(
  ([part, claims]) => html`<h3>${part}</h3>
<div class="scroll" role="region" aria-label="${part}" tabindex="0"><table>
<thead><tr>${['Claim', 'Experiment', 'Figures', 'Verdict'].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${claims.map(row)}</tbody></table></div>`,
)}
</section>`;
}

function row(claim: TriedClaim): Markup {
  const { id, says, experiment, outcome, because } = claim;
  return html`<tr id="claim-${id}"><th scope="row">${says}<span class="quiet small"><br>${id}</span></th><td>${experiment}<span class="quiet small"><br>${noiseText(claim)}</span></td>
<td>${figureLines(claim).map((line) => html`<span class="value">${line}</span>`)}</td>
<td class="${classes[outcome]}"><span class="value"><b>${outcome}</b></span>${because}</td></tr>\n`;
}
