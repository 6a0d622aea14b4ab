import type { Report } from '@ws-arena/results/report-file';
import { renderCsv } from '../csv.ts';
import { htmlDocument } from '../html/document.ts';
import { html, type Markup } from '../html/markup.ts';
import { renderHtml } from '../html/render-html.ts';
import { Glossary, tableMarkup } from '../html/table.ts';
import { renderMarkdown } from '../markdown.ts';
import { answerSection } from '../view/needs-table.ts';
import { reportView } from '../view/report-view.ts';
import { documentPage, documentTitle, renderDocument, type SiteDocument } from './document-page.ts';
import { type SiteRun, sideBySide } from './side-by-side.ts';

/** What a site is made of. */
export interface SiteInput {
  /** Committed runs by the folder that holds them on the site, the reference run first. */
  readonly runs: readonly { readonly folder: string; readonly report: Report }[];
  readonly documents: readonly SiteDocument[];
  /** The address of the repository's files, for links to what is not on the site. */
  readonly repository?: string;
}

/** Documents that the start page names, in this order; the others follow. */
const first = [
  'docs/choosing.md',
  'docs/method.md',
  'docs/article.md',
  'docs/parity.md',
  'docs/conformance.md',
];

/** Every file of the site by its path: pages with relative links that need no network. */
export function siteFiles({ runs, documents, repository }: SiteInput): Map<string, string> {
  const shown = runs.map(
    ({ folder, report }): SiteRun => ({
      name: folder.replace(/^runs\//, ''),
      page: `${folder}/report.html`,
      report,
    }),
  );
  const files = new Map<string, string>([
    ['index.html', startPage(shown, documents)],
    ['runs.html', runsPage(shown)],
  ]);
  for (const { folder, report } of runs) {
    files.set(
      `${folder}/report.html`,
      renderHtml(report, { home: `${'../'.repeat(folder.split('/').length)}index.html` }),
    );
    files.set(`${folder}/report.md`, renderMarkdown(report));
    files.set(`${folder}/report.csv`, renderCsv(report));
    files.set(`${folder}/report.json`, `${JSON.stringify(report)}\n`);
  }
  const known = new Map(documents.map(({ path }) => [path, documentPage(path)]));
  const resolve = (path: string) => {
    if (path === 'README.md' || path === '' || path === '.') return 'index.html';
    const onSite = path.replace(/^docs\//, '');
    return known.get(path) ?? (files.has(onSite) || onSite.endsWith('run.jsonl') ? onSite : undefined);
  };
  for (const document of documents)
    files.set(documentPage(document.path), renderDocument(document, resolve, repository));
  return files;
}

function startPage(runs: readonly SiteRun[], documents: readonly SiteDocument[]): string {
  const [reference] = runs;
  const glossary = new Glossary();
  const order = ({ path }: SiteDocument) => (first.includes(path) ? first.indexOf(path) : first.length);
  const sorted = documents.toSorted((a, b) => order(a) - order(b) || a.path.localeCompare(b.path, 'en'));
  const link = (href: string, text: string, more = '') =>
    html`<li><a href="${href}">${text}</a>${more && ` ${more}`}</li>`;
  return htmlDocument({
    title: 'ws-arena: which WebSocket library?',
    body: html`<header><h1>Which WebSocket library?</h1>
<p>ws, uWebSockets.js and socket.io on Node.js, and gorilla, coder and gobwas in Go: servers that keep one contract, measured by one load generator, direct and behind Nginx. Every figure says how sure it is and what limited it.</p></header>
<main>${reference && answer(reference, glossary)}
<section aria-labelledby="more"><h2 id="more">Further</h2><ul>
${reference && link(reference.page, 'The whole report', 'to sort, filter, weigh and download')}
${link('runs.html', 'Runs side by side', `${runs.length} so far`)}
${sorted.map((document) => link(documentPage(document.path), documentTitle(document)))}
</ul></section></main>${glossary.popovers()}`,
  });
}

function answer({ report, page }: SiteRun, glossary: Glossary): Markup {
  const { tables, title } = answerSection(report);
  const { about, banner } = reportView(report);
  return html`<p class="quiet small">From the reference run of ${report.startedAt.slice(0, 10)}: ${about}.</p>
${banner !== null && html`<p class="note small" role="note">${banner}</p>`}${tables.map((table) => tableMarkup(table, title, { glossary, of: page }))}`;
}

function runsPage(runs: readonly SiteRun[]): string {
  const { title, paragraphs, tables } = sideBySide(runs);
  const glossary = new Glossary();
  return htmlDocument({
    title: `ws-arena: ${title}`,
    home: 'index.html',
    body: html`<header><h1>${title}</h1>${paragraphs.map((text) => html`<p>${text}</p>`)}</header>
<main><ul>${runs.map(({ name, page }) => html`<li><a href="${page}">${name}</a></li>`)}</ul>
<p>Anyone can send one: put the <code>run.jsonl</code> of a run into a folder under <code>docs/runs</code>.</p>
${tables.map((table) => html`<section aria-labelledby="of-${table.id}"><h2 id="of-${table.id}">${table.title}</h2>${tableMarkup(table, title, { glossary })}</section>`)}</main>${glossary.popovers()}`,
  });
}
