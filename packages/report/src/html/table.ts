import type { Column, Row, Section, Table, Text } from '../view/view.ts';
import { html, type Markup } from './markup.ts';
import { swatch, targetStyle } from './target-style.ts';

/** A section of the view: its heading, paragraphs, tables and list. */
export function sectionMarkup(section: Section, ...more: readonly Markup[]): Markup {
  const { id, title, paragraphs, tables, list } = section;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${paragraphs.map((text) => html`<p>${text}</p>`)}${more}
${tables.map((table) => tableMarkup(table, title, tables.length > 1))}
${list.length > 0 && html`<ul class="small">${list.map((item) => html`<li>${item}</li>`)}</ul>`}
</section>`;
}

/** A table of the view in a region that scrolls, with the remarks on it. */
export function tableMarkup(table: Table, section: string, titled: boolean): Markup {
  const { id, title, corner, columns, rows, remarks } = table;
  const about = [title, ...rows.map(({ head }) => head)].join(' ').toLowerCase();
  return html`<div class="table"${id && html` id="${id}"`} data-about="${about}" data-warned="${remarks.length > 0 ? 1 : 0}">
${titled && html`<h3>${title}</h3>`}<div class="scroll" role="region" aria-label="${section}: ${title}" tabindex="0"><table>
<thead><tr>${corner ? html`<th scope="col">${corner}</th>` : html`<td></td>`}${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map(rowMarkup)}</tbody></table></div>
${remarks.length > 0 && html`<ul class="small remarks">${remarks.map(({ about: of, text }) => html`<li><b class="doubt">!</b> ${of}: ${text}</li>`)}</ul>`}</div>\n`;
}

function columnHead({ title, detail }: Column): Markup {
  return title
    ? html`<th scope="col">${title}${detail && html`<span class="quiet small"> ${detail}</span>`}</th>`
    : html`<td></td>`;
}

function rowMarkup({ head, target, detail, marked, cells }: Row): Markup {
  return html`<tr><th scope="row">${target && swatch(target)}${head}${marked && html` <b class="doubt">!</b>`}${
    detail && html`<span class="quiet small"><br>${detail}</span>`
  }</th>${cells.map((cell) => cellMarkup(cell, target))}</tr>\n`;
}

function cellMarkup(
  { text, spread, detail, tone, title, ratio, link }: Text,
  target: string | undefined,
): Markup {
  const bar =
    ratio !== undefined &&
    target &&
    html`<span class="bar" style="--c:${targetStyle(target).color};width:${Math.max(2, Math.round(100 / ratio))}%" aria-hidden="true"></span>`;
  return html`<td${tone && html` class="${tone}"`}${title && html` title="${title}"`}><span class="value">${
    link ? html`<a href="#${link}">${text}</a>` : text
  }</span>${[spread, detail].map((more) => more && html`<span class="place">${more}</span>`)}${bar}</td>`;
}
