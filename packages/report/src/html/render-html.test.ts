import type { Report } from '@ws-arena/results/report-file';
import { expect, test, vi } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { renderHtml } from './render-html.ts';

// Charts are many, and the machine of a test may be busy: nothing here is about time.
vi.setConfig({ testTimeout: 120_000 });

const report = summarize(sampleRun());
const page = renderHtml(report);

/** What stands between two ids, without tags. */
function between(text: string, from: string, to: string): string {
  const part = text.slice(text.indexOf(`id="${from}"`), text.indexOf(`id="${to}"`));
  return part
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('the answer names the best, those that are equal, those that are open, and how far the next is behind', () => {
  const answer = between(page, 'answer', 'load');
  expect(answer).toContain('CPU per message gorilla ~ uws 7.85 µs ± 6 %; ws is 1.89× behind');
  expect(answer).toContain('p99 at equal load gorilla ? uws 422 µs ± 6 %; ws is 1.5× behind');
  expect(answer).toContain('highest rate kept uws ~ gorilla 80k–160k/s; ws is 2× behind');
  expect(answer).toContain('This run shows differences of CPU cost of 4.2 % and more.');
  expect(answer).toContain('coder is missing: the Go baselines need a Go toolchain');
});

test('the load curves come first of all charts: two for each route and way to send, with their numbers', () => {
  expect([...page.matchAll(/<figure id="([^"]+)"/g)].slice(0, 8).map(([, id]) => id)).toEqual(
    [1, 2, 3, 4].flatMap((lane) => [`load-cpu-${lane}`, `load-p99-${lane}`]),
  );
  const numbers = between(page, 'load-cpu-1', 'load-p99-1');
  expect(numbers).toContain('40k/s 14.8 µs ± 4 % 7.79 µs ± 6 % broke');
  expect(numbers).toContain('highest kept 40k–80k/s server 80k–160k/s server');
});

test('a colour is the same library everywhere: no role has one', () => {
  const colors = new Set([...page.matchAll(/var\(--([tu]-[a-z0-9]+)\)/g)].map(([, name]) => name));
  expect([...colors].filter((name) => name!.startsWith('u-'))).toEqual([]);
  for (const [, svg] of page.matchAll(/<figure id="cost-\d+".*?(<svg.*?<\/svg>)/gs)) {
    expect(new Set([...svg!.matchAll(/--t-([a-z]+)/g)].map(([, name]) => name))).toEqual(
      new Set(['ws', 'uws', 'socketio', 'gorilla']),
    );
  }
});

test('a bar that the generator held back is hollow, and its figure a lower bound', () => {
  const echo = between(page, 'throughput-1', 'throughput-2');
  expect(echo).toContain('≥ 169k/s');
  expect(page.slice(page.indexOf('id="throughput-1"'))).toMatch(
    /stroke-dasharray[^>]*var\(--t-uws\)|var\(--t-uws\)[^>]*stroke-dasharray/,
  );
});

test('a warning stands with the figures of its case', () => {
  expect(between(page, 'figures', 'conformance')).toContain(
    '! gorilla: lost: 3 deliveries lost (offered 200, sent 200, delivered 99,997)',
  );
});

test('a busy machine is a banner on top, and is not said again of each case', () => {
  const busy = renderHtml(summarize(sampleRun({ others: 0.38, blocks: 8, scenarios: ['connect'] })));
  expect(busy.slice(busy.indexOf('<header>'), busy.indexOf('</header>'))).toContain(
    'Other processes used 38 % of this machine while it was measured',
  );
  expect(busy).not.toContain('busy-machine');
  expect(page).not.toContain('role="note"');
});

test('what was not measured is said', () => {
  const part = renderHtml(summarize(sampleRun({ blocks: 8, scenarios: ['hold'] })));
  expect(between(part, 'load', 'choose')).toContain('Not measured in this run.');
  const nothing = renderHtml({
    ...report,
    cells: [],
    ladders: [],
    needs: [],
    proxyCosts: [],
    conformance: [],
  });
  for (const [id, next] of [
    ['answer', 'load'],
    ['load', 'choose'],
    ['proxy', 'figures'],
    ['conformance', 'environment'],
  ] as const)
    expect(between(nothing, id, next)).toContain('Not measured in this run.');
});

test('every link inside the page leads somewhere, and no id stands twice', () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !ids.includes(link))).toEqual([]);
});

test('whatever the data say, they are text', () => {
  const hostile = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>';
  const of = <T>(list: readonly T[], change: Partial<Record<keyof T, unknown>>): T[] =>
    list.map((one) => ({ ...one, ...change }));
  const evil: Report = {
    ...report,
    ...{ command: hostile, notes: [hostile], problems: [hostile], banner: hostile },
    targets: of(report.targets, { name: hostile, version: hostile, notes: [hostile] }),
    cells: of(report.cells, { target: hostile, warnings: [{ kind: 'lost', detail: hostile }] }),
    ladders: of(report.ladders, { target: hostile, params: { x: hostile } }),
    curves: of(report.curves, { target: hostile, params: { x: hostile } }),
    holdLines: of(report.holdLines, { target: hostile }),
    proxyCosts: of(report.proxyCosts, { target: hostile, reason: hostile }),
    needs: report.needs.map((need) => ({
      ...need,
      note: hostile,
      rows: of(need.rows, { target: hostile, reason: hostile }),
    })),
    conformance: of(report.conformance, { target: hostile, name: hostile, outcome: hostile }),
  };
  const text = renderHtml(evil);
  expect(text).not.toContain('<img');
  expect(text.match(/<script/g)).toHaveLength(2);
});

test('equal reports make equal pages, also in one process', () => {
  expect(renderHtml(summarize(sampleRun()))).toBe(page);
});

test('a run of 10,000 slices is a page of less than 1 MB', () => {
  const run = sampleRun({ blocks: 98 });
  expect(run.slices.length).toBeGreaterThan(10_000);
  expect(Buffer.byteLength(renderHtml(summarize(run)))).toBeLessThan(1_000_000);
});
