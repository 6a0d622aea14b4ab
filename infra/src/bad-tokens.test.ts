// Every bad token at every server by every way to it: nobody gets in, whoever checks, and none is in any log.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BadToken, badTokens } from '@ws-arena/auth/testing/bad-tokens';
import { credentials, Issuer } from '@ws-arena/auth/testing/issuer';
import { clientFrame, opcodes } from '@ws-arena/contract/suite/client-frame';
import { Peer } from '@ws-arena/contract/suite/peer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTokenRoutes, type TokenRoute, tokenServers, tokenWays } from './testing/token-routes.ts';

const ends: (() => Promise<unknown>)[] = [];
const printed: string[] = [];
const logs = { heard: (line: string) => printed.push(line), folder: mkdtempSync(join(tmpdir(), 'tokens-')) };
/** All tokens that were sent. */
const sent = new Set<string>();
const issuer = await Issuer.start();
let routes: readonly TokenRoute[];

beforeAll(async () => {
  const introspectionUrl = `${issuer.url}/introspect`;
  routes = await startTokenRoutes(
    { settings: { ...issuer.settings(), authKeysMaxAgeMs: 1000 }, introspectionUrl, client: credentials },
    ends,
    logs,
  );
});
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  rmSync(logs.folder, { recursive: true });
});

/** Where a client can put its token; the packet CONNECT is Socket.IO's. */
const carriers = ['Authorization', 'Sec-WebSocket-Protocol', 'CONNECT'] as const;
type Carrier = (typeof carriers)[number];

const headersOf: Readonly<Record<Carrier, (token: string) => Record<string, string>>> = {
  Authorization: (token) => ({ Authorization: `Bearer ${token}` }),
  'Sec-WebSocket-Protocol': (token) => ({ 'Sec-WebSocket-Protocol': `bearer, ${token}` }),
  CONNECT: () => ({}),
};

/** What a client gets: the status of its upgrade, or what Socket.IO says to its packet CONNECT; `in` is let in. */
async function answer({ server, name }: TokenRoute, carrier: Carrier, token: string): Promise<string> {
  sent.add(token);
  const peer = await Peer.knock(server, { headers: headersOf[carrier](token) });
  const { raw } = peer;
  try {
    if (raw.head?.status !== 101) return String(raw.head?.status ?? 'no response');
    if (name !== 'socketio') return 'in';
    const payload = carrier === 'CONNECT' ? `40${JSON.stringify({ token })}` : '40';
    raw.send(clientFrame({ opcode: opcodes.text, payload }));
    const said = await raw.until(
      'an answer to CONNECT',
      () => raw.frames.map((frame) => String(frame.payload)).find((text) => /^4[04]/.test(text)) ?? raw.ended,
    );
    if (typeof said !== 'string') return 'closed';
    return said.startsWith('44') ? (/"message":"(\d+)/.exec(said)?.[1] ?? said) : 'in';
  } finally {
    raw.destroy();
  }
}

/** Whether that is the refusal which the token deserves; what is too long, or none at all, may be refused sooner. */
function isRefused({ name, status }: BadToken, carrier: Carrier, seen: string): boolean {
  if (seen === String(status)) return true;
  // In the packet it never gets past a proxy that wants it in a header.
  if (carrier === 'CONNECT') return seen === '401';
  return / KiB$/.test(name) || name === 'empty' ? /^4\d\d$|^no response$/.test(seen) : false;
}

const rows = tokenServers.flatMap((name) => tokenWays.map((way) => [name, way] as const));
const carriersTo = (name: string) => (name === 'socketio' ? carriers : carriers.slice(0, 2));

test.each(rows)(
  '%s by %s lets a good token in, and none of the bad ones',
  async (name, way) => {
    const route = routes.find((one) => one.name === name && one.way === way)!;
    expect(await answer(route, 'Authorization', await issuer.token())).toBe('in');
    const wrong: string[] = [];
    for (const carrier of carriersTo(name)) {
      for (const bad of badTokens) {
        const seen = await answer(route, carrier, await bad.make(issuer));
        if (!isRefused(bad, carrier, seen)) wrong.push(`${bad.name} in ${carrier}: ${seen}`);
      }
    }
    expect(wrong).toEqual([]);
  },
  60_000,
);

test('no token is in what anybody prints, in a log or in /metrics: good, bad, in band, and when nobody can tell', async () => {
  for (const route of routes) {
    const token = await issuer.token();
    const peer = await Peer.open(route.server, { headers: headersOf.Authorization(token) });
    const fresh = await issuer.token();
    peer.say(`Bearer ${fresh}`);
    peer.say('Behind a proxy that checks there is no token in band: it ends the connection.');
    await peer.raw.until('an echo or the end', () => peer.messages[0] ?? peer.raw.ended);
    peer.raw.destroy();
    for (const one of [token, fresh]) sent.add(one);
    for (const carrier of carriersTo(route.name)) {
      await answer(route, carrier, await issuer.token());
      await answer(route, carrier, await issuer.token({ claims: { iss: 'https://sso.example.com' } }));
    }
  }
  await issuer.goAway();
  await issuer.rotate();
  const unknown = await issuer.token();
  // From the time on at which the keys are too old and cannot be fetched.
  while (!printed.some((line) => line.includes('cannot be had')))
    for (const route of routes)
      for (const carrier of carriersTo(route.name)) await answer(route, carrier, unknown);
  const pages = routes
    .filter(({ way }) => way === 'direct')
    .map(({ server }) => fetch(`${server.httpUrl}/metrics`));
  const texts = await Promise.all(pages.map(async (page) => (await page).text()));
  const files = readdirSync(logs.folder).map((name) => readFileSync(join(logs.folder, name), 'utf8'));
  expect(files).toHaveLength(2 * (tokenWays.length - 1));
  // What was told of the foreign issuer, and of the one that is away: something was printed at all.
  expect(printed.join('\n')).toContain('https://sso.example.com');
  const all = [...printed, ...texts, ...files].join('\n');
  const parts = [...sent].flatMap((token) => token.split('.')).map((part) => part.slice(0, 40));
  const long = new Set(parts.filter((part) => part.length === 40));
  expect(long.size).toBeGreaterThan(100);
  expect([...long].filter((part) => all.includes(part))).toEqual([]);
});
