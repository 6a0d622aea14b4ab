import type { Need, Report } from '@ws-arena/results/report-file';
import { headline } from '../view/headline.ts';
import { answerSection } from '../view/needs-table.ts';
import { html, type Markup } from './markup.ts';
import { tableMarkup } from './table.ts';

/** The answer: for each need who serves it best and how sure that is, then all libraries by all needs. */
export function answerMarkup(report: Report): Markup {
  const { id, title, paragraphs, tables, list } = answerSection(report);
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${report.needs.length > 0 ? html`<ul class="answers">${report.needs.map(card)}</ul>` : html`<p>Not measured in this run.</p>`}
${tables.map((table) => tableMarkup(table, title, false))}
${paragraphs.map((text) => html`<p class="small">${text}</p>`)}
<details><summary>What each need was measured as</summary><ul class="small">${list.map((item) => html`<li>${item}</li>`)}</ul></details>
</section>`;
}

function card(need: Need): Markup {
  const { winners, perhaps, margin } = headline(need);
  const names = winners.map((name, index) => html`${index > 0 && ' ~ '}<span class="name">${name}</span>`);
  const who = winners.length > 0 ? names : html`<span class="undecided">undecided</span>`;
  return html`<li><h3>${need.title}</h3><p class="who">${who}${
    perhaps.length > 0 && html`<span class="perhaps">? ${perhaps.join(', ')}</span>`
  }</p><p>${margin}</p></li>`;
}
