import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { htmlDocument } from '../html/document.ts';
import { escapeHtml, html, trusted } from '../html/markup.ts';

/** A document of the project, by its path in the repository. */
export interface SiteDocument {
  readonly path: string;
  readonly text: string;
}

/** Where a link of a document leads on the site; undefined where nothing of the site is there. */
export type Resolve = (path: string) => string | undefined;

/** Where a document stands on the site: `docs/method.md` is `method.html`. */
export function documentPage(path: string): string {
  return path.replace(/^docs\//, '').replace(/\.md$/, '.html');
}

/** The first heading of a document. */
export function documentTitle({ path, text }: SiteDocument): string {
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? path;
}

/**
 * A document as a page of the site. Its links to other documents lead to their pages; those to files that are not on the
 * site lead to `repository`, the address of the repository's files, or are plain text without one.
 */
export function renderDocument(document: SiteDocument, resolve: Resolve, repository?: string): string {
  const { path, text } = document;
  const own = documentPage(path);
  const home = posix.relative(posix.dirname(own), 'index.html');
  const address = (href: string) => {
    if (/^(?:https?:|mailto:|#)/.test(href)) return href;
    const [file = '', anchor] = href.split('#');
    const target = posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, '');
    const place = resolve(target);
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (place !== undefined) return `${posix.relative(posix.dirname(own), place)}${hash}`;
    return repository === undefined ? undefined : `${repository}/${target}${hash}`;
  };
  const slugs = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: words }: Tokens.Heading) {
        return `<h${depth} id="${slugOf(words, slugs)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const inside = this.parser.parseInline(tokens);
        const to = address(href);
        return to === undefined ? inside : `<a href="${escapeHtml(to)}">${inside}</a>`;
      },
      image({ href, text: alt }: Tokens.Image) {
        const to = address(href);
        return to === undefined ? escapeHtml(alt) : `<img src="${escapeHtml(to)}" alt="${escapeHtml(alt)}">`;
      },
      table({ header, rows }: Tokens.Table) {
        const line = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
        const head = header.map((cell) => cell.text).join(', ');
        return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(`Table: ${head}`)}"><table><thead>${line(header, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table></div>\n`;
      },
    },
  });
  // Only documents of this repository are rendered, so their HTML is our own.
  const body = html`<main class="document">${trusted(marked.parse(text, { async: false }))}</main>`;
  return htmlDocument({ title: `ws-arena: ${documentTitle(document)}`, home, body });
}

/** As code hosts name a heading in an address. */
function slugOf(words: string, used: Map<string, number>): string {
  const slug = words
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
  const before = used.get(slug) ?? 0;
  used.set(slug, before + 1);
  return before === 0 ? slug : `${slug}-${before}`;
}
