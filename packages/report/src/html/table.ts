import type { Bar, Column, Row, Section, Table, Text } from '../view/view.ts';
import { html, type Markup } from './markup.ts';
import { type Plot, plotFigure } from './plot.ts';
import { swatch, targetStyle } from './target-style.ts';

/** Explanations that stand where their words do: each is written once, and every word opens it. */
export class Glossary {
  readonly #ids = new Map<string, string>();

  /** `word` as a button that opens what it means; without a meaning the word alone. */
  explain(word: string, about: string | undefined): Markup {
    if (about === undefined) return html`${word}`;
    const id = this.#ids.get(about) ?? `about-${this.#ids.size + 1}`;
    this.#ids.set(about, id);
    return html`<button type="button" class="term" popovertarget="${id}">${word}</button>`;
  }

  /** All of them, for the end of the page. */
  popovers(): Markup[] {
    return [...this.#ids].map(([about, id]) => html`<div popover id="${id}">${about}</div>`);
  }
}

/** What the markup of sections needs of their page. */
export interface Page {
  readonly glossary: Glossary;
  /** Charts by the id of the table that holds their numbers. */
  readonly plots: ReadonlyMap<string, readonly Plot[]>;
  /** The page that the addresses of figures are of, where it is another. */
  readonly of?: string;
}

/** A section as a heading that opens it. Its tables open one at a time, the first with it. */
export function partMarkup(section: Section, page: Page, ...more: readonly Markup[]): Markup {
  const { id, title, hint, tables } = section;
  return html`<details class="part" id="${id}"><summary><h2>${title}</h2>${hint && html` <span class="quiet">${hint}</span>`}</summary>
${section.paragraphs.map((text) => html`<p>${text}</p>`)}${more}
${tables.map((table, index) => itemMarkup(table, page, { section, index }))}
${listMarkup(section)}</details>\n`;
}

/** The list of a section. */
export function listMarkup({ list }: Pick<Section, 'list'>): Markup {
  return html`${list.length > 0 && html`<ul class="small">${list.map((item) => html`<li>${item}</li>`)}</ul>`}`;
}

interface Place {
  readonly section: Section;
  readonly index: number;
}

/** A table with its charts, as an item of its section. */
function itemMarkup(table: Table, page: Page, { section, index }: Place): Markup {
  const id = table.id ?? `${section.id}-${index + 1}`;
  const isDoubted = (table.remarks ?? []).length > 0;
  const plots = page.plots.get(id) ?? [];
  const about = Object.entries(table.facets ?? {}).map(([name, value]) => html` data-${name}="${value}"`);
  const words = [table.title, ...table.rows.map(({ head }) => head)].join(' ').toLowerCase();
  const body = html`${plots.length > 0 && html`<div class="plots">${plots.map(plotFigure)}</div>`}${tableMarkup({ ...table, id }, section.title, page)}`;
  if (section.tables.length === 1) return html`<div class="item">${body}</div>`;
  return html`<details class="item" name="in-${section.id}" id="item-${id}"${index === 0 && html` open`} data-words="${words}" data-warned="${isDoubted ? 1 : 0}"${about}><summary>${table.title}${
    isDoubted && html` <b class="doubt">!</b>`
  }</summary>${body}</details>\n`;
}

/** A table of the view in a region that scrolls, with the remarks on it. */
export function tableMarkup(
  table: Table,
  section: string,
  { glossary, of: page = '' }: Pick<Page, 'glossary' | 'of'>,
): Markup {
  const { id, title, corner, columns, rows, remarks = [], narrow } = table;
  return html`<div class="table${narrow === 'rows' && html` stacks`}"><div class="scroll" role="region" aria-label="${section}: ${title}" tabindex="0"><table${id && html` id="${id}"`} data-title="${title}">
<thead><tr>${corner ? html`<th scope="col">${corner}</th>` : html`<td></td>`}${columns.map((column) => columnHead(column, glossary))}</tr></thead>
<tbody>${rows.map((row) => rowMarkup(row, columns, narrow, page))}</tbody></table></div>
${remarks.length > 0 && html`<ul class="small remarks">${remarks.map(({ about: of, text }) => html`<li><b class="doubt">!</b> ${of}: ${text}</li>`)}</ul>`}</div>\n`;
}

function columnHead(column: Column, glossary: Glossary): Markup {
  const { title, detail, about, unit } = column;
  if (!title) return html`<td></td>`;
  return html`<th scope="col"${dataOf(column)}${unit && html` data-unit="${unit}"`}>${column.target && swatch(column.target)}${glossary.explain(title, about)}${
    detail && html`<span class="quiet small"> ${detail}</span>`
  }</th>`;
}

/** What hides a column: its target, or its need. */
function dataOf({ target, need }: Pick<Column, 'target' | 'need'>): Markup {
  return html`${target && html` data-t="${target}"`}${need && html` data-need="${need}"`}`;
}

function rowMarkup(row: Row, columns: readonly Column[], narrow: Table['narrow'], page: string): Markup {
  const { id, head, target, detail, marked, cells } = row;
  return html`<tr${id && html` id="${id}"`}${target && html` data-t="${target}"`}><th scope="row">${target && swatch(target)}${head}${
    marked && html` <b class="doubt">!</b>`
  }${detail && html`<span class="quiet small"><br>${detail}</span>`}</th>${cells.map((cell, index) =>
    cellMarkup(cell, target, { column: columns[index] ?? { title: '' }, isNamed: narrow === 'rows', page }),
  )}</tr>\n`;
}

function cellMarkup(
  cell: Text,
  target: string | undefined,
  { column, isNamed, page }: { readonly column: Column; readonly isNamed: boolean; readonly page: string },
): Markup {
  const { text, spread, detail, tone, title, value, bar, link, command, id } = cell;
  const data = html`${isNamed && html` data-label="${column.title}"`}${value !== undefined && html` data-v="${value}"`}`;
  return html`<td${id && html` id="${id}"`}${tone && html` class="${tone}"`}${dataOf(column)}${data}${title && html` title="${title}"`}><span class="value">${
    link ? html`<a href="${page}#${link}">${text}</a>` : text
  }</span>${[spread, detail].map((more) => more && html`<span class="place">${more}</span>`)}${
    command && html`<code class="place">${command}</code>`
  }${bar && target && barMarkup(bar, target)}</td>`;
}

function barMarkup({ share, lo, hi, hollow }: Bar, target: string): Markup {
  const at = (part: number) => `${Math.round(part * 1000) / 10}%`;
  const interval = lo !== undefined && hi !== undefined && `;--lo:${at(lo)};--hi:${at(hi)}`;
  return html`<span class="bar${hollow && html` hollow`}${interval && html` sure`}" style="--c:${targetStyle(target).color};--w:${at(Math.max(0.02, share))}${interval}" aria-hidden="true"></span>`;
}
