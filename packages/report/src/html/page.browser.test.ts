import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { siteFiles } from '../site/site.ts';
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
    const sample = summarize(sampleRun());
    await writeFile(join(folder, 'sample.html'), renderHtml(sample));
    const documents = [
      {
        path: 'docs/method.md',
        text: '# Method\n\n## Of it\n\n| a | b |\n|---|---|\n| 1 | [2](#of-it) |\n\n```sh\npnpm bench\n```',
      },
    ];
    const runs = [
      { folder: 'reference', report: sample },
      { folder: 'runs/laptop', report: summarize(short) },
    ];
    for (const [path, text] of siteFiles({ runs, documents })) {
      await mkdir(dirname(join(folder, 'site', path)), { recursive: true });
      await writeFile(join(folder, 'site', path), text);
    }
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

  const place = (page: Page) => page.evaluate<string>('location.hash');
  const heads = (page: Page, table: string) =>
    page
      .locator(`#${table} tbody tr:visible`)
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-t')));

  test.each(['short.html', 'sample.html'])(
    '%s: no console message, no request but the file itself',
    async (file) => {
      const { page, said, foreign } = await open(file);
      await page.locator('#choose > summary').click();
      await page.locator('#weight-handshakes').fill('5');
      await page.locator('[data-facet=words]').fill('nginx');
      expect(said).toEqual([]);
      expect(foreign()).toEqual([]);
    },
  );

  test.each(['index.html', 'runs.html', 'method.html'])(
    'site, %s: no console message, no foreign request, nothing for axe, nothing sticks out on a phone',
    async (file) => {
      const { page, said, foreign } = await open(`site/${file}`, { viewport: { width: 390, height: 844 } });
      expect(await problems(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect([...said, ...foreign()]).toEqual([]);
    },
  );

  test('site: from the start page to a figure of the report, and back', async () => {
    const { page } = await open('site/index.html');
    await page.locator('#needs td .value a').first().click();
    await expect.poll(() => page.locator('td.here').isVisible()).toBe(true);
    await page.locator('nav.home a').click();
    expect(await page.locator('#questions').isVisible()).toBe(true);
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s, with everything open',
    async (colorScheme) => {
      const { page } = await open('sample.html', { colorScheme });
      await openAll(page);
      expect(await problems(page)).toEqual([]);
    },
  );

  test('axe finds nothing at the width of a phone', async () => {
    const { page } = await open('sample.html', { viewport: { width: 360, height: 740 } });
    expect(await problems(page)).toEqual([]);
  });

  test.each([320, 390, 768])('nothing sticks out at a width of %i, with everything open', async (width) => {
    const { page } = await open('sample.html', { viewport: { width, height: 800 } });
    await openAll(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test.each([
    [1280, 800, 1],
    [390, 844, 2],
  ])('at %i × %i the five questions are answered on %i screen(s)', async (width, height, screens) => {
    const { page } = await open('sample.html', { viewport: { width, height } });
    const box = await page.locator('#questions').boundingBox();
    expect(await page.locator('#questions tbody tr').count()).toBe(5);
    expect(box!.y + box!.height).toBeLessThanOrEqual(height * screens);
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(height * 5);
  });

  test('weights, and those of a question, change ranking and table; starting over restores them', async () => {
    const { page } = await open('sample.html');
    await page.locator('#choose > summary').click();
    const ranking = () => page.locator('#ranking li').allTextContents();
    const columns = () => page.locator('#needs thead th[data-need]:visible').count();
    const before = [await ranking(), await columns()];
    for (const slider of await page.locator('input[data-need]:enabled').all()) await slider.fill('0');
    expect((await ranking())[0]).toContain('every weight is 0');
    await page.locator('#weight-features').fill('5');
    expect((await ranking())[0]).toContain('1. socketio');
    await page.locator('input[data-feature="install"]').check();
    expect((await ranking()).join(' ')).toContain('uwsleft out, it lacks: from the language’s own registry');
    await page.locator('[data-preset=feeds]').click();
    expect(await columns()).toBe(3);
    expect(await place(page)).toContain('compression:5');
    await page.locator('#reset').click();
    expect([await ranking(), await columns()]).toEqual(before);
  });

  test('a table is sorted by figures, rising and falling, with the pinned on top', async () => {
    const { page } = await open('sample.html');
    const sort = page.getByRole('button', { name: 'sort by CPU per message', exact: true });
    expect(await heads(page, 'needs')).toEqual(['ws', 'uws', 'socketio', 'gorilla']);
    await sort.click();
    expect(await heads(page, 'needs')).toEqual(['gorilla', 'uws', 'ws', 'socketio']);
    expect(await page.locator('#needs th[aria-sort=ascending]').count()).toBe(1);
    await sort.press('Enter');
    expect(await heads(page, 'needs')).toEqual(['socketio', 'ws', 'uws', 'gorilla']);
    await page.getByRole('button', { name: 'pin uws' }).click();
    expect(await heads(page, 'needs')).toEqual(['uws', 'socketio', 'ws', 'gorilla']);
    await sort.click();
    await page.getByRole('button', { name: 'show everything' }).click();
    expect(await heads(page, 'needs')).toEqual(['ws', 'uws', 'socketio', 'gorilla']);
  });

  test('a library that is hidden is in no table, column, chart and ranking', async () => {
    const { page } = await open('sample.html');
    await openAll(page);
    const shown = () => page.locator('[data-t=ws]:is(tr, th, td, g, li):visible').count();
    expect(await shown()).toBeGreaterThan(50);
    await page.getByRole('button', { name: 'Go only' }).click();
    expect(await shown()).toBe(0);
    expect(await heads(page, 'needs')).toEqual(['gorilla']);
    expect(await page.locator('#ranking li').count()).toBe(1);
    await page.getByRole('button', { name: 'Node.js only' }).click();
    expect(await heads(page, 'needs')).toEqual(['ws', 'uws', 'socketio']);
  });

  test('cases are chosen by route, scenario, words and warnings; a link to one that is hidden still leads there', async () => {
    const { page } = await open('sample.html');
    const visible = () => page.locator('.item[data-scenario]:not([hidden])').count();
    const all = await visible();
    await page.locator('[data-facet=route]').selectOption('through Nginx');
    expect(await visible()).toBeLessThan(all);
    await page.locator('[data-facet=scenario]').selectOption('Handshakes');
    expect(await page.locator('#count').textContent()).toMatch(/^2 of /);
    await page.locator('[data-facet=warned]').check();
    expect(await visible()).toBe(1);
    await page.locator('[data-facet=words]').fill('nothing like it');
    expect(await visible()).toBe(0);
    await page.locator('#needs td .value a').first().click();
    await expect.poll(() => page.locator('td.here').isVisible()).toBe(true);
  });

  test('the address holds what is seen: a link there and back', async () => {
    const { page } = await open('sample.html');
    await page.locator('#choose > summary').click();
    await page.locator('[data-preset=rooms]').click();
    await page.locator('[data-show=ws]').uncheck();
    await page.getByRole('button', { name: 'pin gorilla' }).click();
    await page.getByRole('button', { name: 'sort by CPU per delivery to a room' }).click();
    await page.locator('[data-facet=route]').selectOption('direct');
    await page.locator('#figures > summary').click();
    await page.locator('#figures .item:visible td[id] .value').first().click();
    const seen = async (on: Page) => [
      await heads(on, 'needs'),
      await on.locator('#ranking li').allTextContents(),
      await on.locator('#needs thead th:visible').allTextContents(),
      await on.locator('details[open][id]').evaluateAll((many) => many.map((one) => one.id)),
      await on.locator('td.here').getAttribute('id'),
      await on.locator('.item[hidden]').count(),
    ];
    const [here, address] = [await seen(page), page.url()];
    expect(here[0]).toEqual(['gorilla', 'uws', 'socketio']);
    const again = await page.context().newPage();
    await again.goto(address);
    expect(await seen(again)).toEqual(here);
    await again.goto(address.slice(0, address.indexOf('#')));
    expect(await heads(again, 'needs')).toEqual(['ws', 'uws', 'socketio', 'gorilla']);
    await again.goBack();
    await expect.poll(() => seen(again)).toEqual(here);
  });

  test('a pointer on a chart, or an arrow key, shows value, interval and blocks', async () => {
    const { page } = await open('sample.html');
    await page.locator('#load > summary').click();
    const mark = page.locator('#lane-1-cpu use').nth(2);
    await mark.scrollIntoViewIfNeeded();
    const { x, y } = (await mark.boundingBox())!;
    await page.mouse.move(x + 2, y + 2);
    expect(await page.locator('#tip').textContent()).toMatch(/^ws: .*µs to .*95 %, 20 blocks/);
    await page.locator('#lane-1-cpu svg').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#tip').textContent()).toMatch(/^uws: .* at 5k\/s$/);
  });

  test('a word explains itself where it stands', async () => {
    const { page } = await open('sample.html');
    await page.getByRole('button', { name: 'undecided', exact: true }).click();
    expect(await page.locator('[popover]:popover-open').textContent()).toContain(
      'neither a difference nor equality',
    );
  });

  test('what is shown can be taken along as CSV and as JSON, with names and units', async () => {
    const { page } = await open('sample.html');
    const take = async (format: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: format, exact: true }).click(),
      ]);
      return readFile(await file.path(), 'utf8');
    };
    await page.getByRole('button', { name: 'Go only' }).click();
    await page.locator('[data-facet=scenario]').selectOption('Handshakes');
    const lines = (await take('CSV')).trim().split('\n');
    expect(lines[0]).toBe('table,row,column,value,unit,text,detail,interval');
    expect(lines[1]).toMatch(/^Libraries by needs,gorilla,CPU per message,\d+.*,ns,7.85 µs,best,/);
    expect(lines.join('\n')).not.toMatch(/,ws,|Broadcast/);
    const { address, figures } = JSON.parse(await take('JSON'));
    expect(address).toContain('hide=ws,uws,socketio');
    expect(figures).toHaveLength(lines.length - 1);
  });

  test('without script the tables stand, sections open, and links lead to figures', async () => {
    const { page } = await open('sample.html', { javaScriptEnabled: false });
    expect(await page.locator('#needs tbody tr:visible').count()).toBe(4);
    expect(await page.locator('#bar').isVisible()).toBe(false);
    await page.locator('#conformance > summary').click();
    expect(await page.locator('#rules').isVisible()).toBe(true);
    await page.locator('#needs td .value a').first().click();
    await expect.poll(() => page.locator('td:target').isVisible()).toBe(true);
  });

  test('in print everything is there, with script or without', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await open('sample.html', { javaScriptEnabled });
      const before = await page.locator('figure svg:visible').count();
      await page.emulateMedia({ media: 'print' });
      const height = await page.locator('#rfc-cases').boundingBox();
      expect(before).toBe(0);
      expect(height?.height).toBeGreaterThan(20);
      expect(await page.locator('#bar').isVisible()).toBe(false);
    }
  });

  test('each chart has a label; at most two open at once', async () => {
    const { page } = await open('sample.html');
    const charts = await page.locator('figure').count();
    expect(charts).toBeGreaterThan(9);
    expect(await page.locator('figure svg[role=img][aria-label]').count()).toBe(charts);
    await page.locator('#load > summary').click();
    expect(await page.locator('figure:visible').count()).toBe(2);
    await page.locator('#load .item > summary').nth(2).click();
    expect(await page.locator('figure:visible').count()).toBe(2);
  });
});

async function openAll(page: Page): Promise<void> {
  await page.evaluate(`for (const one of document.querySelectorAll('details')) {
    one.removeAttribute('name');
    one.open = true;
  }`);
}

async function problems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run(document, { resultTypes: ['violations'] })`;
  const { violations } = (await page.evaluate(run)) as axe.AxeResults;
  return violations.map(
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
