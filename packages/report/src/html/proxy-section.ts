import type { ProxyCost, Report } from '@ws-arena/results/report-file';
import { type CostTable, costTables, howToReadCosts } from '../proxy-cost.ts';
import { costText, limitersText, sidesText } from '../verdict-text.ts';
import { swatch } from './answer-section.ts';
import { groupText } from './charts/case-groups.ts';
import { metricTitle, scenarioTitle } from './labels.ts';
import { html, type Markup } from './markup.ts';

/** What each figure is through the proxy, against the same case direct: a table for each scenario. */
export function proxySection(report: Report): Markup {
  const tables = costTables(report);
  return html`<section aria-labelledby="proxy"><h2 id="proxy">What the proxy costs</h2>
${
  tables.length > 0
    ? html`<p class="quiet small">${howToReadCosts(report)}</p>${tables.map(costTable)}`
    : html`<p>Not measured in this run: it takes the same case direct and through Nginx.</p>`
}
</section>`;
}

function costTable({ scenario, metrics, groups }: CostTable): Markup {
  const title = scenarioTitle(scenario);
  return html`<h3>${title}</h3>
<div class="scroll" role="region" aria-label="What the proxy costs: ${title}" tabindex="0"><table class="cost">
<thead><tr><th scope="col">Library</th>${metrics.map((metric) => html`<th scope="col">${metricTitle(metric)}</th>`)}</tr></thead>
${groups.map(
  (
    group,
  ) => html`<tbody><tr><th colspan="${metrics.length + 1}" scope="rowgroup"><div class="about">${groupText(group)}</div></th></tr>
${group.rows.map(
  ({ target, costs }) =>
    html`<tr><th scope="row" class="one">${swatch(target)}${target}</th>${metrics.map((metric) => costCell(costs.get(metric)))}</tr>\n`,
)}</tbody>`,
)}</table></div>`;
}

function costCell(cost: ProxyCost | undefined): Markup {
  if (!cost) return html`<td class="quiet">–</td>`;
  const limiters = limitersText(cost);
  return html`<td${cost.reason && html` title="${cost.reason}"`}><span class="value">${costText(cost)}</span><span class="place">${sidesText(cost)}</span>${limiters && html`<span class="place">limiter: ${limiters}</span>`}</td>`;
}
