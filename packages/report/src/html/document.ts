import { html, type Markup, trusted } from './markup.ts';
import { pageStyle } from './page-style.ts';

/** A whole HTML page. */
export interface Frame {
  readonly title: string;
  readonly body: Markup;
  /** The one script that may run; none without it. */
  readonly scriptHash?: string;
  /** The address of the site's start page, for a link back. */
  readonly home?: string;
}

/** A page that asks no network for anything: a content security policy forbids it. */
export function htmlDocument({ title, body, scriptHash, home }: Frame): string {
  const script = scriptHash === undefined ? "'none'" : `'${scriptHash}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${script}; img-src data: 'self'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle)}</style>
</head>
<body>
${home !== undefined && html`<nav class="home" aria-label="Site"><a href="${home}">ws-arena</a></nav>`}${body}
</body>
</html>
`.text;
}
