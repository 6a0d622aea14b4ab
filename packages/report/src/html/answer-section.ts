import type { Estimate, NeedRow, Report } from '@ws-arena/results/report-file';
import { robustnessText } from '../robustness.ts';
import { scaled } from '../scale.ts';
import { behindText, ratioText } from '../verdict-text.ts';
import { type Column, columnsOf, type Headline, headline } from './answer.ts';
import type { CaseIndex } from './case-index.ts';
import { features } from './facts.ts';
import { columns, intervalText, metricTitle, paramsText, routeTitle, scenarioTitle } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { targetStyle } from './target-style.ts';

/** The answer: for each need who serves it best and how sure that is, then all libraries by all needs. */
export function answerSection(report: Report, cases: CaseIndex): Markup {
  const answered = columnsOf(report);
  return html`<section aria-labelledby="answer">
<h2 id="answer">The answer in this run</h2>
<ul class="answers">${answered.filter((column) => column.rows.length > 0).map(card)}</ul>
${needsTable(report, answered, cases)}
${notes(report)}
</section>`;
}

function notes(report: Report): Markup | undefined {
  if (report.notes.length === 0) return undefined;
  return html`<div class="note" role="note"><ul>${report.notes.map((note) => html`<li>${note}</li>`)}</ul></div>`;
}

function card(column: Column): Markup {
  const answer = headline(column);
  return html`<li><h3>${column.title}</h3><p class="who">${who(answer)}</p><p>${answer.margin}</p><p>${answer.sureness}</p></li>`;
}

function who(answer: Headline): Markup {
  if (answer.kind === 'none') return html`<span class="undecided">no figure</span>`;
  if (answer.kind === 'undecided') return html`<span class="undecided">undecided</span>`;
  const named = (names: readonly string[]) =>
    names.map((name, index) => html`${index > 0 && ' ~ '}<span class="name">${swatch(name)}${name}</span>`);
  return html`${named(answer.winners)}${answer.perhaps.length > 0 && html`<span class="perhaps"> or perhaps ${answer.perhaps.join(', ')}</span>`}`;
}

/** The small mark in a target's colour that stands before its name. */
export function swatch(target: string): Markup {
  const { color, dash } = targetStyle(target);
  return html`<span class="swatch ${dash}" style="--c:${color}" aria-hidden="true"></span>`;
}

function needsTable(report: Report, answered: readonly Column[], cases: CaseIndex): Markup {
  return html`<p class="quiet small" id="first-key">Median of the rounds. Below it: <b>best</b>; how far <b>behind</b> it, where that was shown; <b>~ tie</b>, where it is known to be within a tenth of the best; <b>?</b>, where neither was shown, with the 95 % interval of the ratio. ≥ means that the load generator was the limit: the library may do more, and takes no place. <b class="doubt">!</b> is a doubt about the figure. Each value leads to its rounds, and to the doubts in words.</p>
<div class="scroll" role="region" aria-label="Libraries by needs" aria-describedby="first-key" tabindex="0"><table class="first">
<thead><tr><th scope="col">Library</th>${answered.map(columnHead)}</tr></thead>
<tbody>${report.targets.map((target) => {
    const notes = target.available
      ? undefined
      : html`<td class="none" colspan="${answered.length}">Not available: ${target.reason ?? 'no reason was recorded'}</td>`;
    return html`<tr><th scope="row">${swatch(target.name)}${target.name}<span class="quiet small"><br>${target.library} ${target.version}</span></th>${
      notes ?? answered.map((column) => needCell(column, target.name, cases))
    }</tr>\n`;
  })}</tbody>
<tfoot><tr><th scope="row">Measured as</th>${answered.map((column) => html`<td class="quiet">${measuredAs(column)}</td>`)}</tr></tfoot></table></div>`;
}

function columnHead(column: Column): Markup {
  return html`<th scope="col" title="${columns[column.id].question}">${column.title}<span class="quiet small">${headDetail(column)}</span></th>`;
}

function headDetail(column: Column): string {
  if (column.id === 'features') return 'counted, see facts';
  if (column.rows.length === 0) return '';
  if (column.id === 'robustness') return 'RFC rules kept, a tolerated one counts half';
  return column.id === 'memory' ? 'idle, per GiB of the server' : metricTitle(column.metric);
}

function measuredAs({ id, source, rows }: Column): Markup {
  if (id === 'features') return html`<a href="#facts">facts</a>`;
  if (id === 'robustness' && rows.length > 0) return html`<a href="#conformance">rule by rule</a>`;
  if (!source) return html`–`;
  const parts = [scenarioTitle(source.scenario), routeTitle(source.route), paramsText(source.params)];
  return html`${parts.filter(Boolean).join(', ')}`;
}

function needCell(column: Column, target: string, cases: CaseIndex): Markup {
  const row = column.rows.find((candidate) => candidate.target === target);
  if (!row?.estimate) {
    return html`<td class="none">${column.rows.length > 0 && row?.reason ? row.reason : 'not measured in this run'}</td>`;
  }
  const { estimate } = row;
  const entry = column.source && cases.find({ ...column.source, target });
  const text = `${row.limiter === 'generator' ? '≥ ' : ''}${columnValue(column, estimate.center)}`;
  const measured = estimate.n > 0 && column.source !== undefined;
  const detail = columnDetail(column, estimate);
  const title = measured
    ? `${intervalText(estimate.lo, estimate.hi, column.unit)}, n = ${estimate.n}`
    : undefined;
  const anchor = entry
    ? entry.id
    : column.id === 'features'
      ? 'facts'
      : column.id === 'robustness'
        ? 'conformance'
        : undefined;
  const doubts = entry?.cells.find((cell) => cell.metric === column.metric)?.warnings ?? [];
  return html`<td class="${row.place}"${title && html` title="${title}"`}><span class="value">${
    anchor ? html`<a href="#${anchor}">${text}</a>` : text
  }${doubts.length > 0 && html` <b class="doubt" title="${doubts.map(({ kind }) => kind).join(', ')}">!</b>`}</span>${detail && html`<span class="detail">${detail}</span>`}<span class="place">${placeText(row)}</span>${bar(row)}</td>`;
}

const GIB = 2 ** 30;

/** A column's value as people speak of it. */
function columnValue(column: Column, value: number): string {
  if (column.id === 'features') return `${value} of ${features.length}`;
  if (column.id === 'robustness') return `${Math.round(value * 100)} %`;
  if (column.id === 'memory' && column.unit === 'B') return scaled(GIB / value, '1');
  return scaled(value, column.unit);
}

/** What stands between a value and its place: the figure that it was made from. */
function columnDetail(column: Column, estimate: Estimate): string | undefined {
  if (column.id === 'memory' && column.unit === 'B') return `${scaled(estimate.center, 'B')} each`;
  if (column.id === 'robustness') return robustnessText(estimate);
  return undefined;
}

function placeText(row: NeedRow): string {
  if (row.place === 'best') return 'best';
  if (row.place === 'tie') return '~ tie';
  if (row.place === 'unranked') return row.reason ?? 'generator-bound, not ranked';
  if (row.ratioToBest === null || row.ratioToBest === 1) return row.place;
  if (row.place === 'behind') return behindText(row.ratioToBest);
  return `${behindText(row.ratioToBest)}?${row.ratioInterval ? ` ${ratioText(row.ratioInterval)}` : ''}`;
}

function bar(row: NeedRow): Markup | undefined {
  if (row.ratioToBest === null || row.place === 'unranked') return undefined;
  const width = Math.max(2, Math.round(100 / Math.max(1, row.ratioToBest)));
  return html`<span class="bar" style="--c:${targetStyle(row.target).color};width:${width}%" aria-hidden="true"></span>`;
}
