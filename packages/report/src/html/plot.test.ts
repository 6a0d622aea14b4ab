import { expect, test } from 'vitest';
import { type Plot, plotFigure } from './plot.ts';

const axis = { title: 'x', kind: 'linear', text: String } as const;

/** The labels of the axes of a chart of `values`, left of the frame and below it. */
function labels(kind: Plot['x']['kind'], values: readonly number[]) {
  const points = values.map((value) => ({ x: value, y: value, tip: '' }));
  const plot: Plot = {
    ...{ id: 'p', title: 't', label: 'l', traces: [{ target: 'ws', points }] },
    ...{ x: { ...axis, kind, values }, y: { ...axis, kind } },
  };
  const texts = [
    ...plotFigure(plot).text.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)">([^<]*)/g),
  ];
  return {
    below: texts.filter(([, , y]) => Number(y) === 242).map(([, x, , , text]) => [Number(x), text] as const),
    left: texts.filter(([, , , anchor]) => anchor === 'end').map(([, , y]) => Number(y)),
    uses: [...plotFigure(plot).text.matchAll(/<use [^>]*x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]),
  };
}

const many = Array.from({ length: 40 }, (_, i) => (i + 1) * 137);

test.each([
  ['linear', [3, 700, 41_000]],
  ['log', [12, 340, 9.1e6]],
  ['log', [1e3, 1.1e3]],
  ['log', [1, 1e14]],
  ['steps', [5000, 10_000, 20_000, 40_000]],
  ['steps', many],
] as const)('labels of a %s axis never collide, and marks stay inside the frame: %j', (kind, values) => {
  const { below, left, uses } = labels(kind, values);
  const apart = (places: readonly number[]) =>
    places
      .toSorted((a, b) => a - b)
      .slice(1)
      .map((place, i) => place - places.toSorted((a, b) => a - b)[i]!);
  for (const gap of apart(below.map(([x]) => x))) expect(gap).toBeGreaterThan(44);
  for (const gap of apart(left)) expect(gap).toBeGreaterThan(16);
  expect(below.length).toBeGreaterThan(0);
  expect(below.length).toBeLessThan(10);
  expect(uses).toHaveLength(values.length);
  for (const [x, y] of uses) {
    expect(x).toBeGreaterThanOrEqual(54);
    expect(x).toBeLessThanOrEqual(404);
    expect(y).toBeGreaterThanOrEqual(12);
    expect(y).toBeLessThanOrEqual(226);
  }
});
