import type { NeedId, Report } from '@ws-arena/results/report-file';
import { placeText } from '../view/verdict-text.ts';
import { factRows, factsOf, type LibraryFact, libraryFacts, type SourceId, sources } from './facts.ts';
import { html, type Markup } from './markup.ts';
import { swatch } from './target-style.ts';

const sourceIds = Object.keys(sources) as SourceId[];

/** What figures cannot say, with sources; and the article's table of Go libraries with figures for its adjectives. */
export function factsSection(report: Report): Markup {
  return html`<section aria-labelledby="facts">
<h2 id="facts">What a figure cannot say</h2>
<p class="quiet">As of November 2026. Numbers in brackets are the sources below the table.</p>
<div class="scroll" role="region" aria-label="Facts about the libraries" tabindex="0"><table class="wide">
<thead><tr><th scope="col">Fact</th>${libraryFacts.map(
    (library) => html`<th scope="col">${swatch(library.target)}${library.library}</th>`,
  )}</tr></thead>
<tbody>${factRows.map(
    (row) =>
      html`<tr><th scope="row">${row.title}</th>${libraryFacts.map((library) => factCell(library.facts[row.id]))}</tr>`,
  )}</tbody></table></div>
<details><summary>Sources</summary><ol class="sources">${sourceIds.map((id) => html`<li>${sources[id]}</li>`)}</ol></details>
${articleTable(report)}
</section>`;
}

function factCell(fact: LibraryFact): Markup {
  const marks = fact.sources.map((id) => sourceIds.indexOf(id) + 1).join(', ');
  return html`<td>${fact.text} <span class="quiet">[${marks}]</span></td>`;
}

const articleTargets = ['gorilla', 'coder', 'gobwas', 'ws', 'uws', 'socketio'] as const;

/** The article's own words on its three libraries ("Выбор библиотеки Go для WebSocket"), translated. */
const adjectives = [
  {
    title: 'API style',
    words: ['Traditional (callbacks)', 'Modern (Context)', 'Low-level (zero-copy)'],
    fact: 'api',
  },
  {
    title: 'Performance',
    words: ['Medium', 'High', 'Maximal'],
    needs: ['message', 'latency', 'fanout', 'memory'],
  },
  { title: 'Support of Context', words: ['No', 'Yes, native', 'No, must be wrapped'] },
  { title: 'Project', words: ['Archived, stable', 'Actively kept', 'Active'], fact: 'maintenance' },
  { title: 'Difficulty', words: ['Low', 'Low', 'High'] },
  {
    title: 'permessage-deflate',
    words: ['Partial', 'Full', 'Optional'],
    fact: 'compression',
    needs: ['compression'],
  },
] as const satisfies readonly {
  title: string;
  words: readonly [string, string, string];
  fact?: string;
  needs?: readonly NeedId[];
}[];

function articleTable(report: Report): Markup {
  return html`<h3>The article’s table, with figures for its adjectives</h3>
<p class="quiet small">In quotation marks what the article says of its three libraries; below it what this run measured, and the facts of November 2026. The article says nothing of the three on the right. Difficulty is a matter of taste, and no figure here answers it.</p>
<div class="scroll" role="region" aria-label="The article’s table" tabindex="0"><table class="wide">
<thead><tr><th scope="col">Property</th>${articleTargets.map(
    (target) => html`<th scope="col">${swatch(target)}${factsOf(target)?.library ?? target}</th>`,
  )}</tr></thead>
<tbody>${adjectives.map(
    (row) =>
      html`<tr><th scope="row">${row.title}</th>${articleTargets.map((target, index) => html`<td>${articleCell(report, row, target, index)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function articleCell(
  report: Report,
  row: (typeof adjectives)[number],
  target: string,
  index: number,
): Markup[] {
  const lines: Markup[] = [];
  const said = row.words[index];
  if (said !== undefined) lines.push(html`<div class="quiet">“${said}”</div>`);
  if ('needs' in row) lines.push(...figures(report, row.needs, target));
  if ('fact' in row) lines.push(html`<div>${factsOf(target)?.facts[row.fact].text}</div>`);
  return lines.length > 0 ? lines : [html`<span class="quiet">–</span>`];
}

function figures(report: Report, ids: readonly NeedId[], target: string): Markup[] {
  const found = ids.flatMap((id) => figure(report, id, target) ?? []);
  return found.length > 0 ? found : [html`<div class="quiet">not measured in this run</div>`];
}

function figure(report: Report, id: NeedId, target: string): Markup | undefined {
  const need = report.needs.find((candidate) => candidate.id === id);
  const row = need?.rows.find((candidate) => candidate.target === target);
  if (!need || !row?.estimate) return undefined;
  const { text, detail } = placeText(row, need.unit, need.metric);
  return html`<div><b>${text}</b>${detail && `, ${detail}`} <span class="quiet">(${need.title})</span></div>`;
}
