import type { Report } from '@ws-arena/results/report-file';
import { expect, test } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { renderHtml } from './render-html.ts';

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

test('the first screen answers the five questions: who, by how much, how sure, limited by what', () => {
  const answer = between(page, 'answer', 'explore');
  expect(answer).toContain('you run best by how much how sure limited by');
  expect(answer).toContain(
    'plain request and answer CPU per message gorilla and uws 7.85 µs 0.99× to 1.03× 95 %, 20 blocks nothing at 20k/s, the same for all keeps 80k–160k/s, then server',
  );
  expect(answer).toContain(
    'uws uWebSockets.js, by the nearest figure of this run; measure this case with pnpm bench --scenarios deploy --routes nginx – – –',
  );
});

test('a question that the run has no figure for names the command that gives one', () => {
  const part = renderHtml(summarize(sampleRun({ blocks: 8, scenarios: ['connect'] })));
  expect(between(part, 'answer', 'explore')).toContain(
    'plain request and answer not in this run measure it with pnpm bench --scenarios load',
  );
});

test('nobody is best where nobody was beaten', () => {
  const alone = renderHtml(summarize(sampleRun({ blocks: 20, targets: ['ws'], scenarios: ['connect'] })));
  const answer = between(alone, 'answer', 'choose');
  expect(answer).toContain('not ranked');
  expect(answer).toContain('there was nothing to compare it with');
  expect(alone).not.toContain('<td class="best"');
});

test('a word has one meaning, and no sign stands for it', () => {
  const text = between(page, 'answer', 'conformance');
  expect(text).not.toMatch(/ [~?] /);
  for (const word of ['best', 'equal', 'undecided', 'not ranked'])
    expect(page).toMatch(new RegExp(`popovertarget="[^"]+">${word}</button>`));
});

test('the load curves come first of all charts, CPU and p99 for each route and way to send, with their numbers', () => {
  expect([...page.matchAll(/<figure id="([^"]+)"/g)].slice(0, 8).map(([, id]) => id)).toEqual(
    [1, 2, 3, 4].flatMap((lane) => [`lane-${lane}-cpu`, `lane-${lane}-tail`]),
  );
  const numbers = between(page, 'lane-1-tail', 'lane-1-p99');
  expect(numbers).toContain('40k/s 14.8 µs ± 4 % 7.79 µs ± 6 % broke');
  expect(numbers).toContain('highest kept 40k–80k/s server 80k–160k/s server');
});

test('a mark of a chart shows value, interval and blocks', () => {
  expect(page).toMatch(
    /data-tip="ws: [\d.]+ cores; 14\.8 µs \([\d.]+ µs to [\d.]+ µs, 95 %, 20 blocks\) a message, at 10k\/s"/,
  );
});

test('a bar that the generator held back is hollow, and its figure a lower bound', () => {
  expect(page).toMatch(/<span class="value">≥ 169k\/s<\/span>.{0,200}<span class="bar hollow/s);
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

test('every link inside the page leads somewhere, no id stands twice, and each figure of a table has one', () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...page.matchAll(/(?:href="#|popovertarget=")([^"]+)"/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !ids.includes(link))).toEqual([]);
  expect(ids.filter((id) => /^case-\d+-p99$/.test(id)).length).toBeGreaterThan(10);
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
