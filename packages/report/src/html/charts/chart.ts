/// <reference path="./echarts-bundle.d.ts" />
import type { EChartsCoreOption } from 'echarts/core';
// The library in one file: as modules it is hundreds of files, which take longer to find than all charts to draw.
import { init } from 'echarts/dist/echarts.esm.min.mjs';
import type { Table } from '../../view/view.ts';
import { html, type Markup, trusted } from '../markup.ts';
import { targetStyle } from '../target-style.ts';

/** Pixels: three stand side by side on a broad page, and on a phone the letters are still of a readable size. */
const WIDTH = 370;

/** An entry of a legend: a target, or a named colour. */
export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly className?: string;
}

/** What the chart library draws. */
export interface ChartOption extends EChartsCoreOption {
  readonly series: readonly object[];
}

/** A chart, and the table that says the same. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** What a reader who cannot see it should know: one or two sentences with figures. */
  readonly label: string;
  /** Pixels; 370 where it is absent. */
  readonly width?: number;
  readonly height: number;
  readonly legend: readonly LegendEntry[];
  readonly option: () => ChartOption;
  readonly table: ChartTable;
}

/** The numbers behind a chart. */
export interface ChartTable {
  readonly head: readonly string[];
  /** The first of each row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

/** A table of the view as the numbers behind a chart. */
export function tableRows({ corner, columns, rows }: Table): ChartTable {
  return {
    head: [corner, ...columns.map(({ title }) => title)],
    rows: rows.map(({ head, cells }) => [
      head,
      ...cells.map(({ text, spread, detail }) => [text, spread, detail].filter(Boolean).join(' ')),
    ]),
  };
}

/** The figure of `chart`: legend, drawing, table. */
export function figure(chart: Chart): Markup {
  return html`<figure id="${chart.id}"${chart.width && html` class="broad"`}><figcaption>${chart.title}<span class="quiet">${chart.subtitle}</span></figcaption>
${chart.legend.length > 0 && html`<ul class="legend" aria-hidden="true">${chart.legend.map(legendEntry)}</ul>`}
${drawing(chart)}
<details class="data"><summary>Numbers<span class="unseen"> of: ${chart.title}, ${chart.subtitle}</span></summary>${tableOf(chart)}</details></figure>\n`;
}

/** The legend of targets. */
export function targetLegend(targets: readonly string[]): LegendEntry[] {
  return targets.map((name) => {
    const { color, dash } = targetStyle(name);
    return { name, color, className: dash };
  });
}

function legendEntry({ name, color, className }: LegendEntry): Markup {
  return html`<li><span class="swatch ${className ?? ''}" style="--c:${color}"></span>${name}</li>`;
}

function drawing(chart: Chart): Markup {
  return trusted(draw(chart).replace('<svg ', `<svg role="img" ${html`aria-label="${chart.label}"`} `));
}

/** Nothing is hovered in a drawing, so no state for it is worked out. */
const still = { silent: true, emphasis: { disabled: true } };

const textStyle = { fontFamily: 'inherit', fontSize: 12, color: 'var(--quiet)' };

function draw(chart: Chart): string {
  const instance = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: chart.width ?? WIDTH,
    height: chart.height,
  });
  try {
    const option = chart.option();
    const series = option.series.map((one) => ({ ...one, ...still }));
    instance.setOption({ animation: false, textStyle, ...option, series });
    return tidy(instance.renderToSVGString(), chart.id);
  } finally {
    instance.dispose();
  }
}

/** What the library adds for interaction goes; identifiers become the chart's own, so that equal reports make equal pages. */
function tidy(svg: string, id: string): string {
  return svg
    .replace(/<style ?>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/ width="\d+" height="\d+"(?= xmlns)/, '')
    .replace(/ (?:xmlns:xlink|version|baseProfile)="[^"]*"/g, '')
    .replace(/<rect[^>]*fill="none"[^>]*><\/rect>/, '')
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/ (?:d|transform)="[^"]*"/g, (attribute) => attribute.replace(/(\d\.\d{2})\d+/g, '$1'))
    .replace(/\n/g, '');
}

function tableOf({ table, title, subtitle }: Chart): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of: ${title}, ${subtitle}"><table><thead><tr>${table.head.map(
    (text, index) => html`<th scope="col"${index > 0 && html` class="n"`}>${text}</th>`,
  )}</tr></thead><tbody>${table.rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((text) => html`<td class="n">${text}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A value axis in the page's colours. */
export function axis(name: string, formatter?: (value: number) => string): Record<string, unknown> {
  return {
    name,
    nameLocation: 'middle',
    nameTextStyle: textStyle,
    axisLabel: { color: 'var(--quiet)', hideOverlap: true, ...(formatter && { formatter }) },
    axisLine: { show: false },
    axisTick: { show: false },
    minorTick: { show: false },
    splitLine: { lineStyle: { color: 'var(--rule)' } },
  };
}
