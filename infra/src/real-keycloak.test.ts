// The one test file that starts a real Keycloak, since that takes it 15 to 60 s.

import { parseConfig } from '@ws-arena/config/parse-config';
import { afterAll, describe, expect, test } from 'vitest';
import { KeycloakUnavailable } from './keycloak-dist.ts';
import { startKeycloak } from './keycloak-process.ts';
import { type Checker, startProxy } from './running-proxy.ts';
import { startAuthService } from './testing/auth-service.ts';
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

const nginx = await startVariants();

/** The four ways of checking Keycloak's tokens, each before a backend. */
async function startVariants() {
  if (!keycloak || !nginxHere) return [];
  const settings = {
    authIssuer: keycloak.issuer,
    authAudience: 'ws-arena',
    authRole: 'ws-user',
    authJwksUrl: keycloak.jwksUrl,
  };
  const asked = { proxyIntrospectionUrl: keycloak.introspectionUrl, proxyIntrospectionCacheMs: 1000 };
  const client = { clientId: 'ws-arena', clientSecret: 'ws-arena-secret' };
  const bySignature = await startAuthService(parseConfig(settings));
  const byIntrospection = await startAuthService(parseConfig({ ...settings, ...asked }), client);
  const backend = await startBackend('a');
  ends.push(bySignature.stop, byIntrospection.stop, backend.die);
  const ways: [string, object, Checker][] = [
    ['auth-service', {}, { kind: 'auth-service', address: bySignature.address }],
    ['introspection', asked, { kind: 'auth-service', address: byIntrospection.address }],
    ...(modulesHere ? (['njs', 'lua'] as const) : []).map((kind): [string, object, Checker] => [
      kind,
      {},
      { kind },
    ]),
  ];
  return Promise.all(
    ways.map(async ([name, more, tokenChecker]) => {
      const config = parseConfig({ ...settings, ...more });
      const proxy = await startProxy({ config, upstreams: [backend.upstream], workers: 1, tokenChecker });
      ends.push(proxy.stop);
      return [name, proxy] as const;
    }),
  );
}

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly realm_access?: { readonly roles: readonly string[] };
}

const asClient = { client_id: 'ws-client', client_secret: 'ws-client-secret' };

/** Logs in as the realm file allows it, and returns the access token. */
async function login(form: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ ...asClient, ...form });
  const answer = await fetch(keycloak!.tokenUrl, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (!token) throw new Error(`no token: ${answer.status}`);
  return token;
}

const asUser = (name: string) => login({ grant_type: 'password', username: name, password: name });

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
