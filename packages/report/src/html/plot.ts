import { html, type Markup } from './markup.ts';
import { swatch, targetStyle } from './target-style.ts';

/** An axis: the values of `steps` stand side by side, those of the others by their size. */
export interface Axis {
  readonly title: string;
  readonly kind: 'linear' | 'log' | 'steps';
  readonly text: (value: number) => string;
  /** Of `steps`: every value that can occur, in order. */
  readonly values?: readonly number[];
}

/** A point, and what a pointer on it shows: value, interval, blocks. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly tip: string;
  readonly hollow?: boolean;
}

/** What is drawn of one target. */
export interface Trace {
  readonly target: string;
  /** What it is called, where a target has a second trace, which is dashed. */
  readonly name?: string;
  readonly points: readonly Point[];
  /** The line: through the points unless other ends are given; `none` leaves the points alone. */
  readonly line?: readonly (readonly [x: number, y: number])[] | 'none';
}

/** A chart of two axes; the numbers behind it stand in the table beside it. */
export interface Plot {
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see it should know: one or two sentences with figures. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly traces: readonly Trace[];
  /** A horizontal line. */
  readonly bound?: number;
}

const WIDTH = 420;
const HEIGHT = 270;
const frame = { left: 54, right: 404, top: 12, bottom: 226 };
const MOST_TICKS = 6;

/** The figure of a plot: title, legend, drawing. Marks carry what a pointer shows, and the target that they are of. */
export function plotFigure({ id, title, label, x, y, traces, bound }: Plot): Markup {
  const all = traces.flatMap(({ points, line }) => [
    ...points.map((point): readonly [number, number] => [point.x, point.y]),
    ...(Array.isArray(line) ? (line as readonly (readonly [number, number])[]) : []),
  ]);
  const across = scaleOf(
    x,
    all.map(([value]) => value),
    frame.left,
    frame.right,
  );
  const heights = [...all.map(([, value]) => value), ...(bound === undefined ? [] : [bound])];
  const up = scaleOf(y, heights, frame.bottom, frame.top);
  return html`<figure id="${id}"><figcaption>${title}<span class="quiet small">↑ ${y.title}</span></figcaption>
<ul class="legend" aria-hidden="true">${traces.map(({ target, name }) => html`<li data-t="${target}">${swatch(target, name !== undefined)}${name ?? target}</li>`)}</ul>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" tabindex="0" aria-label="${label}">${up.ticks.map(
    (value) =>
      html`<path class="grid" d="M${frame.left} ${up.at(value)}H${frame.right}"/><text x="${frame.left - 6}" y="${up.at(value) + 4}" text-anchor="end">${y.text(value)}</text>`,
  )}${across.ticks.map((value) => html`<text x="${across.at(value)}" y="${frame.bottom + 16}" text-anchor="middle">${x.text(value)}</text>`)}${
    bound !== undefined && html`<path class="bound" d="M${frame.left} ${up.at(bound)}H${frame.right}"/>`
  }<text x="${(frame.left + frame.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x.title}</text>${traces.map((trace) => drawn(trace, across.at, up.at))}</svg></figure>\n`;
}

function drawn({ target, name = target, points, line }: Trace, across: At, up: At): Markup {
  const { color, symbol, ...style } = targetStyle(target);
  const dash = name === target ? style.dash : 'dashed';
  const ends = line === 'none' ? [] : (line ?? points.map((point) => [point.x, point.y] as const));
  const path = ends.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${across(a)} ${up(b)}`).join('');
  return html`<g data-t="${target}" style="--c:${color}">${path && html`<path class="line ${dash}" d="${path}"/>`}${points.map(
    (point) =>
      html`<use href="#mark-${symbol}"${point.hollow && html` class="hollow"`} x="${across(point.x)}" y="${up(point.y)}" data-tip="${name}: ${point.tip}"/>`,
  )}</g>`;
}

/** The marks of all targets, once a page. */
export const marks = html`<svg width="0" height="0" aria-hidden="true" focusable="false" class="unseen"><circle id="mark-circle" r="3.6"/><rect id="mark-rect" x="-3.3" y="-3.3" width="6.6" height="6.6"/><path id="mark-triangle" d="M0-4.4 4.2 3.2H-4.2Z"/><path id="mark-diamond" d="M0-4.8 4.4 0 0 4.8-4.4 0Z"/><rect id="mark-roundRect" x="-3.6" y="-2.6" width="7.2" height="5.2" rx="2"/><path id="mark-arrow" d="M0 4.4 4.2-3.2H-4.2Z"/></svg>`;

type At = (value: number) => number;

/** Where each value stands between two ends, and the values that are named. */
function scaleOf(
  { kind, values = [] }: Axis,
  data: readonly number[],
  from: number,
  to: number,
): { at: At; ticks: number[] } {
  const place = (share: number) => Math.round((from + (to - from) * share) * 10) / 10;
  if (kind === 'steps') {
    const index = new Map(values.map((value, i) => [value, i]));
    const every = Math.ceil(values.length / MOST_TICKS);
    const at = (value: number) => place(((index.get(value) ?? 0) + 0.5) / Math.max(1, values.length));
    return { at, ticks: values.filter((_, i) => i % every === 0) };
  }
  if (kind === 'linear') {
    const most = Math.max(...data, 0) || 1;
    const step = roundUp(most / (MOST_TICKS - 1));
    const top = Math.ceil(most / step - 1e-9) * step;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
    return { at: (value) => place(value / top), ticks };
  }
  const known = data.filter((value) => value > 0);
  const [low, high] = [Math.min(...known, Infinity), Math.max(...known, 0)];
  if (!(high > 0)) return { at: () => from, ticks: [] };
  const [first, last] = [Math.log10(low) - 0.04, Math.max(Math.log10(high) + 0.04, Math.log10(low) + 0.3)];
  const ticks = [[1, 2, 5], [1, 3], [1]]
    .map((digits) => decades(first, last).flatMap((decade) => digits.map((digit) => digit * 10 ** decade)))
    .map((all) => all.filter((value) => Math.log10(value) >= first && Math.log10(value) <= last));
  const fitting = ticks.find(({ length }) => length <= MOST_TICKS + 1) ?? every(ticks.at(-1)!, MOST_TICKS);
  return {
    at: (value) => place((Math.log10(Math.max(value, low)) - first) / (last - first)),
    ticks: fitting,
  };
}

function decades(first: number, last: number): number[] {
  return Array.from({ length: Math.ceil(last) - Math.floor(first) + 1 }, (_, i) => Math.floor(first) + i);
}

function every(ticks: readonly number[], most: number): number[] {
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, i) => i % step === 0);
}

/** The next of 1, 2, 5 × a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10) * power;
}
