import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { renderHtml } from './render-html.ts';

const executablePath = findChromium();
if (!executablePath) {
  console.warn('skipped: the page in a browser: no chromium, chromium-browser or google-chrome in the PATH');
}

// A browser on a busy machine is slow; nothing here is about time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.runIf(executablePath)('the page in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: quiet });
    folder = await mkdtemp(join(tmpdir(), 'ws-arena-page-'));
    const short = sampleRun({ blocks: 5, others: 0.4, scenarios: ['connect', 'hold'] });
    await writeFile(join(folder, 'short.html'), renderHtml(summarize(short)));
    await writeFile(join(folder, 'sample.html'), renderHtml(summarize(sampleRun())));
  });

  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  /** Opens a page and keeps what it says and asks for. */
  async function open(file: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const said: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(join(folder, file)).href;
    await page.goto(url);
    return {
      page,
      said,
      foreign: () => requests.filter((request) => request !== url && !request.startsWith('data:')),
    };
  }

  test.each(['short.html', 'sample.html'])(
    '%s: no console message, no request but the file itself',
    async (file) => {
      const { page, said, foreign } = await open(file);
      await page.locator('#weight-handshakes').fill('5');
      await page.locator('#filter-text').fill('nginx');
      expect(said).toEqual([]);
      expect(foreign()).toEqual([]);
    },
  );

  test.each(['light', 'dark'] as const)('axe finds nothing in %s', async (colorScheme) => {
    const { page } = await open('sample.html', { colorScheme });
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await problems(page)).toEqual([]);
  });

  test('axe finds nothing at the width of a phone', async () => {
    const { page } = await open('sample.html', { viewport: { width: 360, height: 740 } });
    expect(await problems(page)).toEqual([]);
  });

  test.each([320, 360, 768])('nothing sticks out at a width of %i', async (width) => {
    const { page } = await open('sample.html', { viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test('sliders and must-haves change the ranking, and starting over restores it', async () => {
    const { page } = await open('sample.html');
    const ranking = () => page.locator('#ranking li').allTextContents();
    const before = await ranking();
    expect(before[0]).toContain('1. uws');
    for (const slider of await page.locator('input[data-need]:enabled').all()) await slider.fill('0');
    expect((await ranking())[0]).toContain('every weight is 0');
    await page.locator('#weight-features').fill('5');
    expect((await ranking())[0]).toContain('1. socketio');
    await page.locator('#weight-message').fill('5');
    await page.locator('input[data-feature="install"]').check();
    expect((await ranking()).join(' ')).toContain('uwsleft out, it lacks: from the language’s own registry');
    await page.locator('#reset').click();
    expect(await ranking()).toEqual(before);
  });

  test('the filter hides tables, and a link from the answer brings its table back', async () => {
    const { page } = await open('sample.html');
    const visible = () => page.locator('.table[id^="case-"]:visible').count();
    const all = await visible();
    await page.locator('#filter-scenario').selectOption({ label: 'Broadcast to a room' });
    expect(await visible()).toBe(1);
    await page.locator('#filter-warned').check();
    expect(await visible()).toBe(1);
    await page.locator('#filter-text').fill('nginx');
    expect(await visible()).toBe(0);
    await page.locator('section[aria-labelledby=answer] td .value a').first().click();
    await expect.poll(visible).toBe(all);
    const target = await page.evaluate('location.hash');
    expect(await page.locator(`.table${String(target)}`).isVisible()).toBe(true);
  });

  test('each chart has a label and a table, also on a phone', async () => {
    const { page } = await open('sample.html');
    const charts = await page.locator('figure').count();
    expect(charts).toBeGreaterThan(4);
    expect(await page.locator('figure svg[role=img][aria-label]:visible').count()).toBe(charts);
    expect(await page.locator('figure details table').count()).toBe(charts);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.locator('figure svg[role=img]:visible').count()).toBe(charts);
  });
});

async function problems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run(document, { resultTypes: ['violations'] })`;
  const { violations } = (await page.evaluate(run)) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map((node) => node.html)
          .slice(0, 3)
          .join(' | ')}`,
    );
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
