import type { LoadSpec } from './load-spec.ts';

const HIDDEN = '(hidden)';
const SECRET_NAME = /auth|login|cookie|token|secret|passw|api-?key|session|signature/i;
/** Three parts of base64url: a JSON Web Token, under whatever name. */
const JWT = /^(bearer\s+)?[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}$/i;

/** `spec` as it may be printed and stored: without its token, and without what looks like one. */
export function redacted(spec: LoadSpec): LoadSpec {
  const { token, headers, subprotocols } = spec.handshake;
  return {
    ...spec,
    urls: spec.urls.map(redactedUrl),
    ...(spec.scenario && { scenario: { ...spec.scenario, params: shownAll(spec.scenario.params) } }),
    handshake: {
      ...spec.handshake,
      ...(token !== undefined && { token: HIDDEN }),
      headers: shownAll(headers),
      subprotocols: subprotocols.map((name) => shown('', name)),
    },
  };
}

/** The text of a URL without its password, and without the values of its query that look like secrets. */
export function redactedUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const secrets = [...url.searchParams].filter(([name, value]) => shown(name, value) !== value);
  if (secrets.length === 0 && url.password === '') return text;
  for (const [name] of secrets) url.searchParams.set(name, HIDDEN);
  if (url.password !== '') url.password = HIDDEN;
  return decodeURI(url.href);
}

function shownAll(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(name, value)]));
}

function shown(name: string, value: string): string {
  return SECRET_NAME.test(name) || JWT.test(value) ? HIDDEN : value;
}
