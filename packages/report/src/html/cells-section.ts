import type { Warning } from '@ws-arena/load/warning';
import type { Cell, Report } from '@ws-arena/results/report-file';
import { scaled } from '../scale.ts';
import { swatch } from './answer-section.ts';
import type { CaseEntry, CaseIndex } from './case-index.ts';
import { count, intervalText, metricTitle, paramsText, routeTitle, scenarioTitle } from './labels.ts';
import { html, type Markup } from './markup.ts';

/** Rows are printed until they take this many characters; a longer run's further cases are in its other files. */
const MOST_CHARACTERS = 900_000;

/** Every figure of every case with its interval, limiter, doubts and the figure of each round. */
export function cellsSection(report: Report, cases: CaseIndex): Markup {
  const bodies: Markup[] = [];
  let characters = 0;
  for (const entry of cases.entries) {
    const body = caseBody(entry);
    characters += body.text.length;
    if (characters > MOST_CHARACTERS) break;
    bodies.push(body);
  }
  const left = cases.entries.length - bodies.length;
  return html`<section aria-labelledby="cells"><h2 id="cells">Every figure</h2>
<p>Median and 95 % interval over the rounds; then the figure of each round, in their order. A doubt about a case stands above its figures.</p>
${trialsHint(cases)}
<p class="print">On paper they would be dozens of pages: they are in report.html, report.csv and report.md.</p>
${left > 0 && html`<div class="note">${count(left, 'more case')} left out to keep this file under 2 MB: they are in <a href="report.csv">report.csv</a> and <a href="report.json">report.json</a>.</div>`}
<div class="cells-on-screen">${filters(report, cases)}
<div class="scroll tall" role="region" aria-label="Table of every figure" tabindex="0"><table class="cells">
<thead><tr><th scope="col">Figure</th><th scope="col" class="n">Median</th><th scope="col" class="n">95 % interval</th><th scope="col" class="n">n</th><th scope="col">Limiter</th><th scope="col">Each round</th></tr></thead>
${bodies}</table></div></div></section>`;
}

/** How a reader gets from a case to its lines in the raw data. */
function trialsHint({ entries: [first] }: CaseIndex): Markup | undefined {
  if (!first) return undefined;
  const { scenario, target, route, params } = first.case;
  const one = JSON.stringify({ scenario, target, route, params });
  return html`<p class="quiet small">The trials behind a case are lines of <a href="run.jsonl">run.jsonl</a>, one a round. Those of the first: <code>jq -c 'select(.case == ${one})' run.jsonl</code></p>`;
}

function filters(report: Report, cases: CaseIndex): Markup {
  const scenarios = [...new Set(cases.entries.map((entry) => entry.case.scenario))];
  return html`<form class="filters" autocomplete="off" role="search" aria-label="Filter the figures">
<div><label for="filter-text">Words</label><input id="filter-text" type="search" placeholder="ws nginx 64 B"></div>
<div><label for="filter-scenario">Scenario</label><select id="filter-scenario"><option value="">all</option>${scenarios.map(
    (scenario) => html`<option value="${scenario}">${scenarioTitle(scenario)}</option>`,
  )}</select></div>
<div><label for="filter-target">Library</label><select id="filter-target"><option value="">all</option>${report.targets.map(
    ({ name }) => html`<option value="${name}">${name}</option>`,
  )}</select></div>
<label class="must"><input type="checkbox" id="filter-warned">with doubts only</label>
<span class="quiet small" id="filter-count" role="status"></span>
</form>`;
}

function caseBody({ id, case: c, cells }: CaseEntry): Markup {
  const heading = [scenarioTitle(c.scenario), routeTitle(c.route), paramsText(c.params)]
    .filter(Boolean)
    .join(', ');
  const warnings = distinct(cells.flatMap((cell) => cell.warnings));
  const about = `${c.target} ${c.scenario} ${c.route} ${heading}`.toLowerCase();
  return html`<tbody id="${id}" data-case="${about}" data-scenario="${c.scenario}" data-target="${c.target}" data-warned="${warnings.length > 0 ? 1 : 0}"><tr><th colspan="6" scope="rowgroup"><div class="about">${swatch(c.target)}${c.target} <span class="quiet">${heading}</span>${warnings.map(
    (warning) => html`<div class="small"><span class="doubt">${warning.kind}</span> ${warning.detail}</div>`,
  )}</div></th></tr>${cells.map(cellRow)}</tbody>\n`;
}

function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.kind} ${warning.detail}`, warning])).values()];
}

function cellRow(cell: Cell): Markup {
  const { estimate, unit } = cell;
  const bound = cell.limiter === 'generator' ? '≥ ' : '';
  return html`<tr><th scope="row">${metricTitle(cell.metric)}<td class="n">${bound}${scaled(estimate.center, unit)}<td class="n">${intervalText(estimate.lo, estimate.hi, unit)}<td class="n">${estimate.n}<td>${cell.limiter ?? ''}<td class="samples">${samplesText(cell)}`;
}

function samplesText({ samples, unit }: Cell): string {
  return samples.map((sample) => scaled(sample, unit)).join(', ');
}
