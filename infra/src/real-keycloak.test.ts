// The one test file that starts a real Keycloak, since that takes it 15 to 60 s.

import { parseConfig } from '@ws-arena/config/parse-config';
import { startAuthService } from '@ws-arena/contract/auth-service';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { Peer } from '@ws-arena/contract/suite/peer';
import { targetNamed } from '@ws-arena/contract/targets';
import { afterAll, describe, expect, test } from 'vitest';
import { KeycloakUnavailable } from './keycloak-dist.ts';
import { startKeycloak } from './keycloak-process.ts';
import { type Checker, startProxy } from './running-proxy.ts';
import { startBackend } from './testing/backend.ts';
import { connect } from './testing/client.ts';
import { modulesHere } from './testing/modules-here.ts';
import { nginxHere } from './testing/nginx-here.ts';

const keycloak = await startKeycloak().catch((error: unknown) => {
  if (!(error instanceof KeycloakUnavailable)) throw error;
  console.warn(`skipped: a real Keycloak: ${error.message}`);
  return undefined;
});
const ends: (() => Promise<unknown>)[] = keycloak ? [keycloak.stop] : [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const settings = keycloak && {
  authIssuer: keycloak.issuer,
  authAudience: 'ws-arena',
  authRole: 'ws-user',
  authJwksUrl: keycloak.jwksUrl,
};
const checkers = await startCheckers();

/** The four ways of checking Keycloak's tokens before a server, and the settings of each. */
async function startCheckers() {
  if (!keycloak || !nginxHere) return [];
  const asked = { proxyIntrospectionUrl: keycloak.introspectionUrl, proxyIntrospectionCacheMs: 1000 };
  const client = { clientId: 'ws-arena', clientSecret: 'ws-arena-secret' };
  const bySignature = await startAuthService(parseConfig(settings), client);
  const byIntrospection = await startAuthService(parseConfig({ ...settings, ...asked }), client);
  ends.push(bySignature.stop, byIntrospection.stop);
  const ways: [string, object, Checker][] = [
    ['auth-service', {}, { kind: 'auth-service', address: `127.0.0.1:${bySignature.port}` }],
    ['introspection', asked, { kind: 'auth-service', address: `127.0.0.1:${byIntrospection.port}` }],
    ...(modulesHere ? (['njs', 'lua'] as const) : []).map((kind): [string, object, Checker] => [
      kind,
      {},
      { kind },
    ]),
  ];
  return ways;
}

/** A proxy that checks tokens in each of the four ways, before one upstream; ended with this file. */
function startVariants(upstream: string) {
  return Promise.all(
    checkers.map(async ([name, more, tokenChecker]) => {
      const config = parseConfig({ ...settings, ...more });
      const proxy = await startProxy({ config, upstreams: [upstream], workers: 1, tokenChecker });
      ends.push(proxy.stop);
      return [name, proxy] as const;
    }),
  );
}

const backend = await startBackend('a');
ends.push(backend.die);
const nginx = await startVariants(backend.upstream);

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly realm_access?: { readonly roles: readonly string[] };
}

const asClient = { client_id: 'ws-client', client_secret: 'ws-client-secret' };

const asShort = { client_id: 'ws-short', client_secret: 'ws-short-secret' };

/** Logs in as the realm file allows it, and returns the access token. */
async function login(form: Readonly<Record<string, string>>, client = asClient): Promise<string> {
  const body = new URLSearchParams({ ...client, ...form });
  const answer = await fetch(keycloak!.tokenUrl, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (!token) throw new Error(`no token: ${answer.status}`);
  return token;
}

const asUser = (name: string, client = asClient) =>
  login({ grant_type: 'password', username: name, password: name }, client);

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims;
}

describe.runIf(keycloak)('the realm', () => {
  test('gives tokens for ws-arena that live for 60 s, with the role of whoever logs in', async () => {
    const roles = new Map<string, readonly string[] | undefined>();
    for (const [who, token] of [
      ['the client', await login({ grant_type: 'client_credentials' })],
      ['alice', await asUser('alice')],
      ['bob', await asUser('bob')],
    ] as const) {
      const { iss, aud, iat, exp, realm_access } = claimsOf(token);
      expect([iss, aud, exp - iat]).toEqual([keycloak!.issuer, 'ws-arena', 60]);
      roles.set(who, realm_access?.roles);
    }
    expect([...roles]).toEqual([
      ['the client', ['ws-user']],
      ['alice', ['ws-user']],
      ['bob', undefined],
    ]);
  });

  test('on a port that is taken it does not start, and says so', async () => {
    const port = Number(new URL(keycloak!.url).port);
    await expect(startKeycloak({ port })).rejects.toThrow(
      `Keycloak cannot start: port ${port} of 127.0.0.1 is taken`,
    );
  });
});

describe.each(nginx)('through %s', (_, proxy) => {
  const asBearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  test('alice gets in and talks; bob lacks the role; a changed token and none at all stay out', async () => {
    const token = await asUser('alice');
    const client = await connect(proxy.url, asBearer(token));
    expect(await client.echo('hello')).toBe('hello');
    client.end();
    await expect(connect(proxy.url, asBearer(await asUser('bob')))).rejects.toThrow('403');
    const [head, claims, signature] = token.split('.') as [string, string, string];
    const other = Buffer.from(JSON.stringify({ ...claimsOf(token), sub: 'bob' })).toString('base64url');
    for (const changed of [`${head}.${other}.${signature}`, `${head}.${claims}.${signature.slice(4)}`])
      await expect(connect(proxy.url, asBearer(changed))).rejects.toThrow('401');
    await expect(connect(proxy.url)).rejects.toThrow('401');
  });
});

describe.runIf(nginx.length > 0)('a token that Keycloak has revoked', () => {
  test('is out where Keycloak is asked, when its yes is too old, and in where the signature is checked', async (t) => {
    const token = await asUser('alice');
    const enters = async (way: string) => {
      const [, proxy] = nginx.find(([name]) => name === way)!;
      return connect(proxy.url, { headers: { authorization: `Bearer ${token}` } }).then(
        (client) => {
          client.end();
          return 'in';
        },
        (error: Error) => error.message,
      );
    };
    expect(await enters('introspection')).toBe('in');
    const body = new URLSearchParams({ ...asClient, token });
    expect(
      (await fetch(keycloak!.tokenUrl.replace(/token$/, 'revoke'), { method: 'POST', body })).status,
    ).toBe(200);
    await t.expect.poll(() => enters('introspection'), { timeout: 10_000 }).toContain('401');
    expect(await enters('auth-service')).toBe('in');
  });
});

describe.runIf(keycloak)('each server', () => {
  const names = ['ws', 'uws', 'socketio'] as const;

  test('lets alice in and talks, cuts her off when her token ends, and lets her in again: direct, and behind each proxy', {
    timeout: 60_000,
  }, async () => {
    const routes = await Promise.all(names.map(routesTo));
    const seen = await Promise.all(
      routes.flat().map(async ({ name, server }) => [name, await untilTokenEnds(server)] as const),
    );
    expect(seen).toEqual(seen.map(([name]) => [name, 'in, 3000 at the end, in again']));
    expect(seen).toHaveLength(names.length * (1 + checkers.length));
  });

  /** A server that checks tokens itself, and one behind each of the proxies that do. */
  async function routesTo(name: (typeof names)[number]) {
    const target = targetNamed(name)!;
    const [direct, behind] = await Promise.all([
      startServer(target, parseConfig({ port: 0, ...settings })),
      startServer(target, parseConfig({ port: 0, authByProxy: true })),
    ]);
    ends.push(direct.stop, behind.stop);
    const proxies = await startVariants(`127.0.0.1:${behind.port}`);
    return [
      { name: `${name} direct`, server: direct },
      ...proxies.map(([way, { port, url }]) => ({
        name: `${name} ${way}`,
        server: { ...behind, port, url },
      })),
    ];
  }

  async function untilTokenEnds(server: RunningServer): Promise<string> {
    const token = await asUser('alice', asShort);
    const peer = await talking(server, token);
    const { code } = await peer.end(20_000);
    const early = Date.now() / 1000 < claimsOf(token).exp;
    const again = await talking(server, await asUser('alice', asShort));
    again.raw.destroy();
    return `in, ${code} ${early ? 'too early' : 'at the end'}, in again`;
  }

  async function talking(server: RunningServer, token: string): Promise<Peer> {
    const peer = await Peer.open(server, { headers: { Authorization: `Bearer ${token}` } });
    peer.say('hello');
    expect((await peer.message(1)).data.toString()).toBe('hello');
    return peer;
  }
});
