/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { createHash } from 'node:crypto';
import type { PageData } from './choose-section.ts';
import { sortTable, takeAlong, tips } from './page-parts.ts';
import { type Ranked, rank } from './rank.ts';

/** Runs in the reader's browser, from a file, without a network: it may use nothing from outside its own body. */
function run(
  rankTargets: typeof rank,
  sort: typeof sortTable,
  take: typeof takeAlong,
  showTips: typeof tips,
): void {
  const data: PageData = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');
  const all = <T extends Element>(selector: string) => [...document.querySelectorAll<T>(selector)];
  const rules = document.head.appendChild(document.createElement('style'));
  const sliders = all<HTMLInputElement>('input[type=range][data-need]');
  const musts = all<HTMLInputElement>('input[data-feature]');
  const shows = all<HTMLInputElement>('input[data-show]');
  const pins = all<HTMLButtonElement>('button[data-pin]');
  const facets = all<HTMLInputElement | HTMLSelectElement>('[data-facet]');
  const foldable = all<HTMLDetailsElement>('details[id]');
  const opened = new Set(foldable.filter(({ open }) => open).map(({ id }) => id));
  const sorted = new Map<string, string>();
  const rowsOf = new Map(
    all<HTMLTableElement>('.table:not(.stacks) table').map((table) => [
      table,
      [...(table.tBodies[0]?.rows ?? [])],
    ]),
  );
  let at = '';

  const element = (tag: string, className: string, text: string) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const hidden = () => shows.filter((box) => !box.checked).map((box) => box.dataset.show ?? '');
  const pinned = () => pins.filter((pin) => pin.ariaPressed === 'true').map((pin) => pin.dataset.pin ?? '');
  const required = () => musts.filter((box) => box.checked).map((box) => box.dataset.feature ?? '');
  const chosen = () =>
    facets.map((control) => {
      const isBox = control instanceof HTMLInputElement && control.type === 'checkbox';
      const value = isBox ? (control.checked ? '1' : '') : control.value;
      return [control.dataset.facet ?? '', value] as const;
    });

  /** Everything that the reader chose, as the address has it. */
  const state = () => {
    const moved = sliders.filter((one) => one.value !== one.defaultValue);
    const toggled = foldable.filter((one) => one.open !== opened.has(one.id));
    const lists: readonly (readonly [name: string, values: readonly string[]])[] = [
      ['at', at ? [at] : []],
      ['hide', hidden()],
      ['pin', pinned()],
      ['w', moved.map((one) => `${one.dataset.need}:${one.value}`)],
      ['must', required()],
      ...chosen().map(([name, value]) => [name, value ? [value] : []] as const),
      ['sort', [...sorted].map(([table, by]) => `${table}:${by}`)],
      ['toggle', toggled.map(({ id }) => id)],
    ];
    const now = new URLSearchParams();
    for (const [name, values] of lists) if (values.length > 0) now.set(name, values.join(','));
    return now;
  };
  const write = () => {
    const now = state();
    const only = now.size === 1 && at !== '';
    const hash =
      now.size === 0 ? '' : `#${only ? at : now.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
    if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
  };
  const read = () => {
    const hash = location.hash.slice(1);
    const now = new URLSearchParams(hash.includes('=') ? hash : '');
    const list = (name: string) => (now.get(name) ?? '').split(',').filter(Boolean);
    const pairs = (name: string) =>
      list(name).map(
        (pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)] as const,
      );
    for (const box of shows) box.checked = !list('hide').includes(box.dataset.show ?? '');
    for (const pin of pins) pin.ariaPressed = String(list('pin').includes(pin.dataset.pin ?? ''));
    const weights = new Map(pairs('w'));
    for (const one of sliders) one.value = weights.get(one.dataset.need ?? '') ?? one.defaultValue;
    for (const box of musts) box.checked = list('must').includes(box.dataset.feature ?? '');
    for (const control of facets) {
      const value = now.get(control.dataset.facet ?? '') ?? '';
      if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = value !== '';
      else control.value = value;
    }
    sorted.clear();
    for (const [table, by] of pairs('sort')) sorted.set(table, by);
    const toggled = new Set(list('toggle'));
    const open = (one: HTMLDetailsElement) => opened.has(one.id) !== toggled.has(one.id);
    for (const one of foldable.filter((one) => !open(one))) one.open = false;
    for (const one of foldable.filter(open)) one.open = true;
    at = hash.includes('=') ? (now.get('at') ?? '') : hash;
    show();
    reveal();
  };

  /** Opens what holds the place that the address names, and marks it. */
  const reveal = () => {
    for (const marked of all('.here')) marked.classList.remove('here');
    const place = at ? document.getElementById(at) : null;
    if (!place) return;
    for (let one: Element | null = place; one; one = one.parentElement) {
      if (one instanceof HTMLDetailsElement) one.open = true;
      if (one instanceof HTMLElement && one.classList.contains('item')) one.hidden = false;
    }
    place.classList.add('here');
    place.scrollIntoView({ block: place.tagName === 'TD' || place.tagName === 'TR' ? 'center' : 'start' });
  };

  const reason = (row: Ranked) => {
    const titles = (ids: readonly string[]) => ids.map((id) => data.titles[id] ?? id).join(', ');
    if (row.lacks.length > 0) return `left out, it lacks: ${titles(row.lacks)}`;
    if (row.unknown.length > 0) return `not ranked, no figure for: ${titles(row.unknown)}`;
    return 'not ranked: every weight is 0';
  };
  const ranked = (row: Ranked, index: number) => {
    const li = document.createElement('li');
    const line = element('div', 'line', '');
    li.append(line);
    if (row.score === null) {
      line.append(element('span', '', row.name), element('span', 'quiet small', reason(row)));
      return li;
    }
    const place = element('span', index === 0 ? 'lead' : '', `${index + 1}. ${row.name}`);
    line.append(place, element('span', '', row.score.toFixed(2)));
    const bar = element('span', 'bar', '');
    bar.style.setProperty('--c', data.colors[row.name] ?? 'currentColor');
    bar.style.setProperty('--w', `${Math.max(1, row.score * 100)}%`);
    li.append(bar);
    return li;
  };

  /** Makes the page what its controls say. */
  const show = () => {
    const weights: Record<string, number> = {};
    for (const one of sliders) {
      weights[one.dataset.need ?? ''] = one.disabled ? 0 : one.valueAsNumber;
      const output = one.parentElement?.querySelector('output');
      if (output) output.textContent = one.value;
    }
    const left = hidden();
    const unweighed = sliders
      .filter((one) => !one.disabled && one.value === '0')
      .map((one) => one.dataset.need ?? '');
    const rule = (name: string, value: string) =>
      `:is(th,td,tr,g,li)[data-${name}=${JSON.stringify(value)}]{display:none}`;
    rules.textContent = [
      ...left.map((target) => rule('t', target)),
      ...unweighed.map((need) => rule('need', need)),
    ].join('');
    const candidates = data.candidates.filter(({ name }) => !left.includes(name));
    document
      .getElementById('ranking')
      ?.replaceChildren(...rankTargets(candidates, weights, required()).map(ranked));
    const first = new Set(pinned());
    for (const [table, rows] of rowsOf) if (rows.length > 1) sort(table, rows, sorted.get(table.id), first);
    const wanted = chosen();
    const items = all<HTMLElement>('.item[data-scenario]');
    for (const item of items) {
      item.hidden = !wanted.every(([name, value]) => {
        if (!value) return true;
        if (name === 'words')
          return value
            .toLowerCase()
            .split(/\s+/)
            .every((word) => item.dataset.words?.includes(word));
        return item.dataset[name] === value;
      });
    }
    const count = document.getElementById('count');
    if (count) count.textContent = `${items.filter((item) => !item.hidden).length} of ${items.length} cases`;
  };
  const changed = () => {
    show();
    write();
  };

  for (const [table, rows] of rowsOf) {
    if (rows.length < 2) continue;
    for (const [i, head] of [...(table.tHead?.rows[0]?.cells ?? [])].entries()) {
      if (head.tagName !== 'TH') continue;
      const button = element('button', 'sort', '↕') as HTMLButtonElement;
      button.type = 'button';
      button.ariaLabel = `sort by ${head.textContent?.trim()}`;
      button.addEventListener('click', () => {
        const now = sorted.get(table.id);
        if (now === `${i}.d`) sorted.delete(table.id);
        else sorted.set(table.id, now === `${i}.a` ? `${i}.d` : `${i}.a`);
        changed();
      });
      head.append(button);
    }
  }
  for (const input of [...sliders, ...musts, ...shows, ...facets]) input.addEventListener('input', changed);
  document.addEventListener('click', (event) => {
    const hit =
      event.target instanceof Element ? event.target.closest<HTMLElement>('button, summary, td[id]') : null;
    if (!hit) return;
    const { pin, only, preset, take: format } = hit.dataset;
    if (pin !== undefined) hit.ariaPressed = String(hit.ariaPressed !== 'true');
    else if (only !== undefined)
      for (const box of shows) box.checked = only === '' || box.dataset.language === only;
    else if (preset !== undefined || hit.id === 'reset') {
      const weights = data.presets[preset ?? ''];
      for (const one of sliders)
        one.value =
          weights && !one.disabled ? String(weights[one.dataset.need ?? ''] ?? 0) : one.defaultValue;
      if (!weights) for (const box of musts) box.checked = false;
    } else if (format !== undefined) return take(format, location.href);
    else if (hit.id === 'anew') {
      history.replaceState(null, '', location.pathname + location.search);
      return read();
    } else if (hit.tagName === 'SUMMARY') return void requestAnimationFrame(write);
    else if (hit.tagName === 'TD' && !(event.target as Element).closest('a')) at = hit.id;
    else return;
    changed();
    if (hit.tagName === 'TD') reveal();
  });
  addEventListener('hashchange', () => {
    // A link inside the page leads to a place; what the reader chose stays.
    if (location.hash.includes('=')) return read();
    at = location.hash.slice(1);
    reveal();
    write();
  });
  // What is closed is part of the print; of those that open one at a time, all.
  addEventListener('beforeprint', () => {
    for (const one of all<HTMLDetailsElement>('details')) {
      one.removeAttribute('name');
      one.open = true;
    }
  });
  const bar = document.getElementById('bar');
  if (bar) bar.hidden = false;
  showTips();
  read();
}

/** The script of the page, as text. */
export const pageScript = `'use strict';(${run})(${rank},${sortTable},${takeAlong},${tips});`;

/** What a Content-Security-Policy must name so that this script may run, and no other. */
export const pageScriptHash = `sha256-${createHash('sha256').update(pageScript).digest('base64')}`;
