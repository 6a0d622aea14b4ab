/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { createHash } from 'node:crypto';
import { type Candidate, type Ranked, rank } from './rank.ts';

/** What the script reads from the page's data block. */
export interface PageData {
  readonly candidates: readonly Candidate[];
  /** Titles of needs and features by id. */
  readonly titles: Readonly<Record<string, string>>;
  /** CSS colours by target. */
  readonly colors: Readonly<Record<string, string>>;
}

/** Runs in the reader's browser, from a file, without a network: it may use nothing from outside its own body. */
function run(rankTargets: typeof rank): void {
  const data: PageData = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
  const list = document.getElementById('ranking');
  const sliders = [...document.querySelectorAll<HTMLInputElement>('input[data-need]')];
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-feature]')];

  const element = (tag: string, className: string, text: string) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const titles = (ids: readonly string[]) => ids.map((id) => data.titles[id] ?? id).join(', ');
  const reason = (row: Ranked) => {
    if (row.lacks.length > 0) return `left out, it lacks: ${titles(row.lacks)}`;
    if (row.unknown.length > 0) return `not ranked, no figure for: ${titles(row.unknown)}`;
    return 'not ranked: every weight is 0';
  };
  const item = (row: Ranked, index: number) => {
    const li = document.createElement('li');
    const line = element('div', 'line', '');
    const place = row.score === null ? row.name : `${index + 1}. ${row.name}`;
    const detail = row.score === null ? reason(row) : row.score.toFixed(2);
    line.append(element('span', index === 0 && row.score !== null ? 'lead' : '', place));
    line.append(element('span', row.score === null ? 'quiet small' : '', detail));
    li.append(line);
    if (row.score !== null) {
      const bar = element('span', 'bar', '');
      bar.style.setProperty('--c', data.colors[row.name] ?? 'currentColor');
      bar.style.width = `${Math.max(1, row.score * 100)}%`;
      li.append(bar);
    }
    return li;
  };
  const update = () => {
    const weights: Record<string, number> = {};
    for (const slider of sliders) {
      weights[slider.dataset.need ?? ''] = slider.disabled ? 0 : slider.valueAsNumber;
      const shown = slider.parentElement?.querySelector('output');
      if (shown) shown.textContent = slider.value;
    }
    const required = boxes.filter((box) => box.checked).map((box) => box.dataset.feature ?? '');
    list?.replaceChildren(...rankTargets(data.candidates, weights, required).map(item));
  };
  for (const input of [...sliders, ...boxes]) input.addEventListener('input', update);
  document.getElementById('reset')?.addEventListener('click', () => {
    for (const slider of sliders) slider.value = slider.defaultValue;
    for (const box of boxes) box.checked = false;
    update();
  });
  if (sliders.length > 0) update();

  const text = document.getElementById('filter-text') as HTMLInputElement | null;
  const scenario = document.getElementById('filter-scenario') as HTMLSelectElement | null;
  const warned = document.getElementById('filter-warned') as HTMLInputElement | null;
  const tables = [...document.querySelectorAll<HTMLElement>('.table[id^="case-"]')];
  const shown = document.getElementById('filter-count');
  const filter = () => {
    const parts = (text?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    let visible = 0;
    for (const table of tables) {
      const about = table.dataset.about ?? '';
      const hit =
        [...parts, scenario?.value ?? ''].every((part) => about.includes(part)) &&
        (!warned?.checked || table.dataset.warned === '1');
      table.hidden = !hit;
      if (hit) visible += 1;
    }
    if (shown) shown.textContent = `${visible} of ${tables.length} tables`;
  };
  for (const control of [text, scenario, warned]) control?.addEventListener('input', filter);
  if (tables.length > 0) filter();
  // A link to a table that the filter hides must still lead there.
  const reveal = () => {
    const table = document.getElementById(location.hash.slice(1));
    if (!(table instanceof HTMLElement) || !table.hidden) return;
    if (text) text.value = '';
    if (scenario) scenario.value = '';
    if (warned) warned.checked = false;
    filter();
    table.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  // Tables behind charts are part of the print.
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>('details.data')) details.open = true;
  });
}

/** The script of the page, as text. */
export const pageScript = `'use strict';(${run})(${rank});`;

/** What a Content-Security-Policy must name so that this script may run, and no other. */
export const pageScriptHash = `sha256-${createHash('sha256').update(pageScript).digest('base64')}`;
