import { expect, test, vi } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { madeReport } from '../testing/made-report.ts';
import { renderHtml } from './render-html.ts';

// Charts are many, and the machine of a test may be busy: nothing here is about time.
vi.setConfig({ testTimeout: 120_000 });

const made = renderHtml(madeReport());

/** The row of a library in the first table, without tags. */
function firstTableRow(page: string, name: string): string {
  const table = page.slice(page.indexOf('<table class="first">'), page.indexOf('</table>'));
  const row = table.split('<tr>').find((text) => text.includes(`</span>${name}<span`));
  return (row ?? '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

test('the first table marks best, ties, distances, lower bounds and gaps', () => {
  expect(firstTableRow(made, 'uws')).toContain('1.02M/s best');
  expect(firstTableRow(made, 'uws')).toContain('≥ 33.3k/s the generator was the limit');
  expect(firstTableRow(made, 'ws')).toContain('125k/s 8.16× behind');
  expect(firstTableRow(made, 'ws')).toContain('not measured in this run');
  expect(firstTableRow(made, 'socketio')).toContain('~ tie');
  expect(firstTableRow(made, 'gobwas')).toContain('this level is not offered');
});

test('memory is printed as connections per GiB, with the bytes that it was made from', () => {
  expect(firstTableRow(made, 'uws')).toContain('934k 1.12 KiB each best');
});

test('an unavailable target is a row with its reason', () => {
  expect(firstTableRow(made, 'coder')).toContain(
    'Not available: the Go baselines need a Go toolchain, and none is in the PATH',
  );
});

test('a doubt stands with the figures of its case', () => {
  expect(made).toContain('3 of 120,000 deliveries were lost in round 1');
});

test('the proxy has a section: both sides, the ratio, the limiters; or a sentence that it was not measured', () => {
  const section = (page: string) =>
    page.slice(page.indexOf('<h2 id="proxy">'), page.indexOf('<h2 id="cells">')).replace(/<[^>]+>/g, ' ');
  expect(section(made)).toMatch(/8 µs → 14\.8 µs/);
  expect(section(made)).toMatch(/1\.85×\s+\(1\.76 to 1\.94\)/);
  expect(section(made)).toContain('limiter: server → proxy');
  expect(section(renderHtml(madeReport({ proxyCosts: [] })))).toContain('Not measured in this run');
});

test('every link inside the page leads somewhere, and no id stands twice', () => {
  const page = renderHtml(summarize(sampleRun()));
  expect(deadLinks(page)).toEqual([]);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
  expect(new Set(ids).size).toBe(ids.length);
});

/** Links inside the page that lead nowhere. */
function deadLinks(page: string): string[] {
  const ids = new Set([...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!));
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(20);
  return links.filter((link) => !ids.has(link));
}

test('whatever the data say, they are text', () => {
  const hostile = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>';
  const report = madeReport();
  const page = renderHtml({
    ...report,
    command: hostile,
    notes: [hostile],
    problems: [hostile],
    targets: report.targets.map((target) => ({
      ...target,
      name: hostile,
      version: hostile,
      notes: [hostile],
    })),
    cells: report.cells.map((cell) => ({
      ...cell,
      target: hostile,
      params: { [hostile]: hostile },
      warnings: [{ kind: 'lost', detail: hostile }],
    })),
    curves: report.curves.map((curve) => ({ ...curve, target: hostile, params: { x: hostile } })),
    holdLines: report.holdLines.map((line) => ({ ...line, target: hostile })),
    proxyCosts: report.proxyCosts.map((cost) => ({ ...cost, target: hostile, reason: hostile })),
    needs: report.needs.map((need) => ({
      ...need,
      rows: need.rows.map((row) => ({ ...row, target: hostile })),
    })),
    conformance: report.conformance.map((line) => ({
      ...line,
      target: hostile,
      name: hostile,
      outcome: hostile,
    })),
  });
  expect(page).not.toContain('<img');
  expect(page.match(/<script/g)).toHaveLength(2);
});

test('equal reports make equal pages, also in one process', () => {
  expect(renderHtml(madeReport())).toBe(made);
});

test('a report without any figure is still a page that says so', () => {
  const page = renderHtml(
    madeReport({ cells: [], proxyCosts: [], curves: [], holdLines: [], needs: [], conformance: [] }),
  );
  expect(page).toContain('Not measured in this run');
  expect(firstTableRow(page, 'ws')).toContain('not measured in this run');
});

test('a run of 10,000 trials stays under 2 MB, and says what was left out', () => {
  const run = sampleRun({ copies: 22 });
  expect(run.trials.length).toBeGreaterThan(10_000);
  const page = renderHtml(summarize(run));
  expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
  expect(page).toContain('left out to keep this file under 2 MB');
  expect(deadLinks(page)).toEqual([]);
});
