// The same table on every way of checking tokens in or beside a real Nginx; docs/auth.md quotes these tests.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badTokens } from '@ws-arena/auth/testing/bad-tokens';
import { credentials, Issuer } from '@ws-arena/auth/testing/issuer';
import type { ServerConfig } from '@ws-arena/config/options';
import { startAuthService } from '@ws-arena/contract/auth-service';
import { afterAll, describe, expect, test } from 'vitest';
import { type Checker, type RunningProxy, startProxy } from './running-proxy.ts';
import { type Backend, startBackend } from './testing/backend.ts';
import { connect } from './testing/client.ts';
import { modulesHere } from './testing/modules-here.ts';
import { nginxHere } from './testing/nginx-here.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** A backend behind a proxy that checks tokens as `kind` says, all ended with this file. */
async function checked(
  kind: Way,
  config: ServerConfig,
  workers = 2,
): Promise<{ proxy: RunningProxy; backend: Backend }> {
  const backend = await startBackend('a');
  ends.push(() => backend.die());
  const tokenChecker = await checkerOf(kind, config);
  const proxy = await startProxy({ config, upstreams: [backend.upstream], workers, tokenChecker });
  ends.push(() => proxy.stop());
  return { proxy, backend };
}

async function checkerOf(kind: Way, config: ServerConfig): Promise<Checker> {
  if (kind === 'njs' || kind === 'lua') return { kind };
  const { port, stop } = await startAuthService(config, credentials, { startTimeoutMs: 60_000 });
  ends.push(stop);
  return { kind: 'auth-service', address: `127.0.0.1:${port}` };
}

type Way = 'auth-service' | 'introspection' | 'njs' | 'lua';
const ways: readonly Way[] = [
  ...(nginxHere ? (['auth-service', 'introspection'] as const) : []),
  ...(modulesHere ? (['njs', 'lua'] as const) : []),
];

/** For how long Nginx keeps a yes of the issuer. */
const CACHE_MS = 3000;

const settings = (way: Way, issuer: Issuer) =>
  issuer.config({
    authKeysMaxAgeMs: 1000,
    ...(way === 'introspection' && {
      proxyIntrospectionUrl: `${issuer.url}/introspect`,
      proxyIntrospectionCacheMs: CACHE_MS,
    }),
  });

type Headers = Readonly<Record<string, string | string[]>>;
const carriers: Readonly<Record<string, (token: string) => Headers>> = {
  Authorization: (token) => ({ Authorization: `Bearer ${token}` }),
  'Sec-WebSocket-Protocol': (token) => ({ 'Sec-WebSocket-Protocol': `bearer, ${token}` }),
};

/** Asks for an upgrade; the status and the headers of the answer. */
function upgrade(proxy: RunningProxy, headers: Headers) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const asked = request(proxy.url.replace('ws:', 'http:'), {
      agent: false,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode!, headers: response.headers });
    });
    asked.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode!, headers: response.headers });
    });
    asked.on('error', reject);
    asked.end();
  });
}

const inSeconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

describe.each(ways)('a proxy that checks tokens: %s', (way) => {
  test('lets a good token in, by either header; the server sees when it expires, and not the token', async () => {
    const { proxy, backend, issuer } = await shared(way);
    const exp = inSeconds(60);
    const token = await issuer.token({ claims: { exp } });
    for (const [name, headers] of Object.entries(carriers)) {
      const answer = await upgrade(proxy, { ...headers(token), 'X-Token-Expires': '9999999999' });
      expect(answer.status).toBe(101);
      expect(answer.headers['sec-websocket-protocol']).toBe(name === 'Authorization' ? undefined : 'bearer');
      const seen = backend.lastRequest()!.headers;
      expect(seen['x-token-expires']).toBe(String(exp));
      expect(JSON.stringify(backend.lastRequest()!.rawHeaders)).not.toContain(token);
    }
  });

  test('passes other subprotocols on', async () => {
    const { proxy, issuer } = await shared(way);
    const answer = await upgrade(proxy, {
      Authorization: `bearer ${await issuer.token()}`,
      'Sec-WebSocket-Protocol': 'chat',
    });
    expect([answer.status, answer.headers['sec-websocket-protocol']]).toEqual([101, 'chat']);
  });

  test('asks nobody for a token on /healthz, and nobody outside reaches its inner locations', async () => {
    const { proxy } = await shared(way);
    const statuses = ['/healthz', '/_auth', '/_keys'].map(
      async (path) => (await fetch(proxy.httpUrl + path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
  });

  test('refuses an upgrade without a token, and says what it wants', async () => {
    const { proxy } = await shared(way);
    const answer = await upgrade(proxy, {});
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  test.each(badTokens)('refuses a token that is $name with $status', async ({ make, status }) => {
    const { proxy, backend, issuer } = await shared(way);
    const before = backend.lastRequest();
    for (const headers of Object.values(carriers)) {
      const answer = await upgrade(proxy, headers(await make(issuer)));
      if (status === '4xx') expect(Math.floor(answer.status / 100)).toBe(4);
      else expect(answer.status).toBe(status);
    }
    expect(backend.lastRequest()).toBe(before);
  });

  test('two headers of a kind cannot lend one their token to the other', async () => {
    const { proxy, issuer } = await shared(way);
    const token = await issuer.token();
    await upgrade(proxy, { 'Sec-WebSocket-Protocol': ['bearer', token] });
    await upgrade(proxy, { Authorization: ['Basic YTpi', `Bearer ${token}`] });
    expect((await upgrade(proxy, { 'Sec-WebSocket-Protocol': 'bearer' })).status).toBe(401);
    expect((await upgrade(proxy, { Authorization: 'Basic YTpi' })).status).toBe(401);
    expect((await upgrade(proxy, {})).status).toBe(401);
  });
});

/** The files and sockets that the workers of a proxy have open while so many clients are connected. */
async function descriptorsWith(clients: number, { proxy, issuer }: Shared): Promise<number> {
  const headers = carriers.Authorization!(await issuer.token()) as Record<string, string>;
  const open = await Promise.all(Array.from({ length: clients }, () => connect(proxy.url, { headers })));
  const counts = proxy.pids().map((pid) => readdirSync(`/proc/${pid}/fd`).length);
  for (const client of open) client.end();
  return counts.reduce((sum, count) => sum + count, 0);
}

describe.runIf(modulesHere)('njs', () => {
  test('keeps no file of its cache of keys open for each WebSocket: two descriptors, as plain Nginx', async () => {
    const one = await shared('njs');
    const [few, many] = [await descriptorsWith(1, one), await descriptorsWith(41, one)];
    expect(many - few).toBeLessThan(2.5 * 40);
  });
});

describe.each(ways.filter((way) => way === 'njs' || way === 'lua'))('a wrong authIssuer: %s', (way) => {
  test('is told in the log of Nginx, with what the tokens say; not of a token that somebody else signed', async (t) => {
    const issuer = await Issuer.start();
    const config = issuer.config({ authIssuer: 'https://sso.example.com/realms/other' });
    const { proxy } = await checked(way, config, 1);
    const status = async (token: string) => (await upgrade(proxy, carriers.Authorization!(token))).status;
    const stranger = await Issuer.start();
    expect(await status(await stranger.token())).toBe(401);
    expect(await status(await issuer.token())).toBe(401);
    const sentence = `a token with a good signature is of the issuer "${issuer.url}", and authIssuer is "https://sso.example.com/realms/other"`;
    await t.expect.poll(() => proxy.stderr()).toContain(sentence);
    expect(proxy.stderr()).not.toContain(stranger.url.replace('http://', ''));
  });
});

describe.concurrent.each(ways.filter((way) => way !== 'introspection'))('keys of the issuer: %s', (way) => {
  test('new ones count without a restart; while it is away those known do, and nobody gets in by others', async (t) => {
    const issuer = await Issuer.start();
    // One worker: in Lua each has keys of its own.
    const { proxy } = await checked(way, settings(way, issuer), 1);
    const status = async (token: string) => (await upgrade(proxy, carriers.Authorization!(token))).status;
    const becomes = async (token: string, wanted: number) =>
      t.expect.poll(() => status(token), { timeout: 10_000 }).toBe(wanted);
    await issuer.goAway();
    expect(await status(await issuer.token())).toBe(503);
    await issuer.comeBack();
    const first = await issuer.token();
    await becomes(first, 101);
    await issuer.rotate();
    const second = await issuer.token();
    await becomes(second, 101);
    await becomes(first, 401);
    await issuer.goAway();
    await issuer.rotate();
    // From the time on at which the keys are too old and cannot be fetched.
    await becomes(await issuer.token(), 503);
    expect(await status(second)).toBe(101);
  });
});

describe.runIf(ways.includes('lua'))('keys of the issuer that are none: lua', () => {
  test('are left out, and the others count', async () => {
    const issuer = await Issuer.start();
    const { kid, publicJwk } = issuer.key;
    const keys = [1, { kty: 'RSA', kid: 2, n: 3, e: [] }, { ...publicJwk, kid }];
    const server = createServer((_, response) => response.end(JSON.stringify({ keys })));
    ends.push(async () => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const authJwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`;
    const { proxy } = await checked('lua', issuer.config({ authJwksUrl }), 1);
    expect((await upgrade(proxy, carriers.Authorization!(await issuer.token()))).status).toBe(101);
  });
});

describe.runIf(ways.includes('introspection')).concurrent('introspection', () => {
  test('the loader of its cache, which ends by itself, is none of the processes that must live', async () => {
    const { proxy } = await shared('introspection');
    const title = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(' process')[0];
    const titles = new Set(proxy.pids().map(title));
    expect(titles).toEqual(new Set(['nginx: master', 'nginx: worker', 'nginx: cache manager']));
  });

  test('without time to keep an answer each token is asked for, and no client waits for another', async () => {
    const issuer = await Issuer.start();
    ends.push(() => issuer.goAway());
    const { proxy } = await checked('introspection', {
      ...settings('introspection', issuer),
      proxyIntrospectionCacheMs: 0,
    });
    const headers = carriers.Authorization!(await issuer.token());
    const answers = await Promise.all(Array.from({ length: 20 }, () => upgrade(proxy, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([101]));
    expect(issuer.asked.introspection).toBe(20);
  });

  test('the issuer is asked once for a token, while Nginx keeps its yes; a revoked one is out after that', async (t) => {
    const { proxy, issuer } = await shared('introspection');
    const token = await issuer.token();
    const status = async () => (await upgrade(proxy, carriers.Authorization!(token))).status;
    const before = issuer.asked.introspection;
    const startedMs = performance.now();
    for (let i = 0; i < 5; i += 1) expect(await status()).toBe(101);
    const keptTimes = Math.floor((performance.now() - startedMs) / CACHE_MS);
    expect(issuer.asked.introspection).toBeLessThanOrEqual(before + 1 + keptTimes);
    expect((await upgrade(proxy, carriers.Authorization!(`${token}x`))).status).toBe(401);
    issuer.revoke(token);
    await t.expect.poll(status, { timeout: 15_000 }).toBe(401);
  });

  test('while nobody can be asked it is 503', async () => {
    const issuer = await Issuer.start();
    const { proxy } = await checked('introspection', settings('introspection', issuer));
    const token = await issuer.token();
    await issuer.goAway();
    expect((await upgrade(proxy, carriers.Authorization!(token))).status).toBe(503);
  });
});

describe.runIf(nginxHere)('without its auth service', () => {
  test('nobody gets in: 503', async () => {
    const { issuer } = await shared('auth-service');
    const backend = await startBackend('a');
    const proxy = await startProxy({
      config: issuer.config(),
      upstreams: [backend.upstream],
      workers: 1,
      tokenChecker: { kind: 'auth-service', address: '127.0.0.1:9' },
    });
    ends.push(
      () => backend.die(),
      () => proxy.stop(),
    );
    expect((await upgrade(proxy, carriers.Authorization!(await issuer.token()))).status).toBe(503);
  });
});

interface Shared {
  readonly proxy: RunningProxy;
  readonly backend: Backend;
  readonly issuer: Issuer;
}
const started = new Map<Way, Promise<Shared>>();

/** One issuer and proxy for all rows of a way. */
function shared(way: Way): Promise<Shared> {
  let one = started.get(way);
  if (!one) {
    one = (async () => {
      const issuer = await Issuer.start();
      ends.push(() => issuer.goAway());
      return { issuer, ...(await checked(way, settings(way, issuer))) };
    })();
    started.set(way, one);
  }
  return one;
}
