/** HTML that is safe to put into a page: made by `html`, or by `trusted` from a text of our own. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: text is escaped, `Markup` is not, lists are joined, `false` and undefined are nothing. */
export type Child = Markup | string | number | false | undefined | readonly Child[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Template tag: every interpolated value is escaped unless it is already `Markup`. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Markup {
  let text = parts[0]!;
  children.forEach((child, index) => {
    text += render(child) + parts[index + 1]!;
  });
  return new Markup(text);
}

/** `text` as it is. Only for what this package itself wrote: style, script, SVG made by the chart library. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** `value` as JSON that cannot end the script element it stands in. */
export function jsonForScript(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

function render(child: Child): string {
  if (child === false || child === undefined) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'object') return child.map(render).join('');
  return escapeHtml(String(child));
}
