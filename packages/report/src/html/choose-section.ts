import type { NeedRow, Report } from '@ws-arena/results/report-file';
import { type Column, columnsOf } from './answer.ts';
import { factsOf, features } from './facts.ts';
import { columns } from './labels.ts';
import { html, type Markup } from './markup.ts';
import type { PageData } from './page-script.ts';
import { type Candidate, rank } from './rank.ts';
import { targetStyle } from './target-style.ts';

const DEFAULT_WEIGHT = 3;
const MOST_WEIGHT = 5;

/** What the reader's weights are applied to. */
export function pageData(report: Report): PageData {
  const answered = columnsOf(report);
  const names = report.targets.filter((target) => target.available).map((target) => target.name);
  return {
    candidates: names.map((name) => candidate(name, answered)),
    titles: Object.fromEntries([
      ...answered.map(({ id, title }) => [id, title]),
      ...features.map(({ id, title }) => [id, title]),
    ]),
    colors: Object.fromEntries(names.map((name) => [name, targetStyle(name).color])),
  };
}

function candidate(name: string, answered: readonly Column[]): Candidate {
  const behind = answered.map(({ id, rows }) => [id, behindBest(rows.find((row) => row.target === name))]);
  return { name, behind: Object.fromEntries(behind), features: factsOf(name)?.features ?? [] };
}

function behindBest(row: NeedRow | undefined): number | null {
  if (!row || row.place === 'unranked' || row.place === 'missing') return null;
  return row.place === 'best' || row.place === 'tie' ? 1 : row.ratioToBest;
}

/** "Which one should I choose": the needs as weights that the reader moves. */
export function chooseSection(report: Report): Markup {
  const answered = columnsOf(report);
  return html`<section aria-labelledby="choose">
<h2 id="choose">Which one should I choose?</h2>
<p>Say what matters: 0 leaves a need out. A library’s score is the weighted geometric mean of its ratio to the best in each need, so 1.00 is best everywhere and 0.50 is half as good on the whole. Ties count as best, what could not be told (?) by its ratio. A library without a figure for a need you weigh is not ranked.</p>
<div class="choose">
<form autocomplete="off">
<fieldset><legend>How much it matters, 0 to ${MOST_WEIGHT}</legend>${answered.map(weight)}</fieldset>
<fieldset><legend>It must have</legend>${features.map(
    ({ id, title }) => html`<label class="must"><input type="checkbox" data-feature="${id}">${title}</label>`,
  )}</fieldset>
<button type="button" id="reset">Start over</button>
</form>
<div><h3 style="margin-top:0" id="ranking-title">Your ranking</h3>
<ol class="rank" id="ranking" aria-labelledby="ranking-title" aria-live="polite">${firstRanking(report, answered)}</ol>
</div></div></section>`;
}

function weight(column: Column): Markup {
  const { id, title } = column;
  const known = column.rows.some((row) => behindBest(row) !== null);
  const value = known ? DEFAULT_WEIGHT : 0;
  const off = html` disabled aria-describedby="off-${id}"`;
  return html`<div class="weight${known ? '' : ' off'}"><label for="weight-${id}">${title}${
    !known && html` <span class="small" id="off-${id}">(nothing to rank in this run)</span>`
  }</label><input type="range" id="weight-${id}" data-need="${id}" min="0" max="${MOST_WEIGHT}" step="1" value="${value}" title="${columns[id].question}"${
    !known && off
  }><output for="weight-${id}">${value}</output></div>`;
}

/** The ranking at the first weights, for a reader without script and for print; the script replaces it. */
function firstRanking(report: Report, answered: readonly Column[]): Markup[] {
  const known = answered.filter((column) => column.rows.some((row) => behindBest(row) !== null));
  const weights = Object.fromEntries(known.map(({ id }) => [id, DEFAULT_WEIGHT]));
  return rank(pageData(report).candidates, weights, []).map(
    ({ name, score }) =>
      html`<li><div class="line"><span>${name}</span><span>${score === null ? 'not ranked' : score.toFixed(2)}</span></div></li>`,
  );
}
