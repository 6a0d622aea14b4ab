import type { NeedRow, Report } from '@ws-arena/results/report-file';
import { decisions } from '../view/decisions.ts';
import { factsOf, features } from '../view/facts.ts';
import { html, type Markup } from './markup.ts';
import { type Candidate, rank } from './rank.ts';
import { targetStyle } from './target-style.ts';

const DEFAULT_WEIGHT = 3;
const MOST_WEIGHT = 5;

/** What a reader weighs: the needs of the run, and the features, which are counted. */
interface Weighed {
  readonly id: string;
  readonly title: string;
  readonly behind: ReadonlyMap<string, number | null>;
}

function weighed(report: Report): Weighed[] {
  const counted = report.targets.map(({ name }) => [name, factsOf(name)?.features.length ?? 0] as const);
  const most = Math.max(0, ...counted.map(([, n]) => n));
  return [
    ...report.needs.map(({ id, title, rows }) => ({
      ...{ id, title },
      behind: new Map(rows.map((row) => [row.target, behindBest(row)])),
    })),
    {
      ...{ id: 'features', title: 'features included' },
      behind: new Map(counted.map(([name, n]) => [name, n > 0 ? most / n : null])),
    },
  ];
}

/** What the reader's weights are applied to. */
export interface PageData {
  readonly candidates: readonly Candidate[];
  /** Titles of needs and features by id. */
  readonly titles: Readonly<Record<string, string>>;
  /** CSS colours by target. */
  readonly colors: Readonly<Record<string, string>>;
  /** The weights of each question of the first screen. */
  readonly presets: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export function pageData(report: Report): PageData {
  const needs = weighed(report);
  const names = report.targets.filter((target) => target.available).map((target) => target.name);
  return {
    candidates: names.map(
      (name): Candidate => ({
        name,
        behind: Object.fromEntries(needs.map(({ id, behind }) => [id, behind.get(name) ?? null])),
        features: factsOf(name)?.features ?? [],
      }),
    ),
    titles: Object.fromEntries([...needs, ...features].map(({ id, title }) => [id, title])),
    colors: Object.fromEntries(names.map((name) => [name, targetStyle(name).color])),
    presets: Object.fromEntries(decisions.map(({ id, weights }) => [id, weights])),
  };
}

function behindBest({ place, ratioToBest }: NeedRow): number | null {
  if (place === 'unranked' || place === 'missing') return null;
  return place === 'best' || place === 'equal' ? 1 : ratioToBest;
}

/** "Which one should I choose": the needs as weights that the reader moves, or takes from a question. */
export function chooseSection(report: Report): Markup {
  const needs = weighed(report);
  return html`<details class="part" id="choose"><summary><h2>Which one should I choose?</h2> <span class="quiet">ranked by your own weights, or by those of a question</span></summary>
<p>Say what matters: 0 leaves a need out, here and in the table of needs. A score is the weighted geometric mean of the library’s ratios to the best in each need: 1.00 is best everywhere, 0.50 is half as good overall. Libraries that are equal count as best; undecided ones count with their ratio. A library without a figure for a need that you weigh is not ranked.</p>
<div class="choose">
<form autocomplete="off">
<fieldset class="presets"><legend>Weights of</legend>${decisions.map(
    ({ id, title }) => html`<button type="button" data-preset="${id}">${title}</button>`,
  )}<button type="button" id="reset">equal weights</button></fieldset>
<fieldset><legend>How much it matters, 0 to ${MOST_WEIGHT}</legend>${needs.map(weight)}</fieldset>
<fieldset><legend>It must have</legend>${features.map(
    ({ id, title }) => html`<label class="must"><input type="checkbox" data-feature="${id}">${title}</label>`,
  )}</fieldset>
</form>
<div><h3 id="ranking-title">Your ranking</h3>
<ol class="rank" id="ranking" aria-labelledby="ranking-title" aria-live="polite">${firstRanking(report, needs)}</ol>
</div></div></details>`;
}

function isKnown({ behind }: Weighed): boolean {
  return [...behind.values()].some((ratio) => ratio !== null);
}

function weight(need: Weighed): Markup {
  const { id, title } = need;
  const known = isKnown(need);
  const value = known ? DEFAULT_WEIGHT : 0;
  const off = html` disabled aria-describedby="off-${id}"`;
  return html`<div class="weight${known ? '' : ' off'}"><label for="weight-${id}">${title}${
    !known && html` <span class="small" id="off-${id}">(nothing to rank in this run)</span>`
  }</label><input type="range" id="weight-${id}" data-need="${id}" min="0" max="${MOST_WEIGHT}" step="1" value="${value}"${
    !known && off
  }><output for="weight-${id}">${value}</output></div>`;
}

/** The ranking at the first weights, for a reader without script and for print; the script replaces it. */
function firstRanking(report: Report, needs: readonly Weighed[]): Markup[] {
  const weights = Object.fromEntries(needs.filter(isKnown).map(({ id }) => [id, DEFAULT_WEIGHT]));
  return rank(pageData(report).candidates, weights, []).map(
    ({ name, score }) =>
      html`<li><div class="line"><span>${name}</span><span>${score === null ? 'not ranked' : score.toFixed(2)}</span></div></li>`,
  );
}
