import type { Report } from '@ws-arena/results/report-file';
import { scenarioTitle } from '../view/labels.ts';
import { html, type Markup } from './markup.ts';

/** What shows some of the tables of figures and hides the others. */
export function filters(report: Report): Markup {
  const scenarios = [...new Set(report.cells.map(({ scenario }) => scenarioTitle(scenario)))];
  return html`<form class="filters" autocomplete="off" role="search" aria-label="Filter the figures">
<div><label for="filter-text">Words</label><input id="filter-text" type="search" placeholder="nginx 64 b"></div>
<div><label for="filter-scenario">Scenario</label><select id="filter-scenario"><option value="">all</option>${scenarios.map(
    (title) => html`<option value="${title.toLowerCase()}">${title}</option>`,
  )}</select></div>
<label class="must"><input type="checkbox" id="filter-warned">with warnings only</label>
<span class="quiet small" id="filter-count" role="status"></span>
</form>`;
}
