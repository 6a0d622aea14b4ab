// The one test file that starts a real Keycloak, since that takes it 15 to 60 s.
import { afterAll, describe, expect, test } from 'vitest';
import { JavaProgramUnavailable } from './java-program.ts';
import { startKeycloak } from './keycloak-process.ts';
import { connectBy } from './testing/token-client.ts';
import { startTokenRoutes, type TokenRoute, tokenServers, tokenWays } from './testing/token-routes.ts';

const keycloak = await startKeycloak().catch((error: unknown) => {
  if (!(error instanceof JavaProgramUnavailable)) throw error;
  console.warn(`skipped: a real Keycloak: ${error.message}`);
  return undefined;
});
const ends: (() => Promise<unknown>)[] = keycloak ? [keycloak.stop] : [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Keycloak as servers and proxies need it. */
const issuer = keycloak && {
  settings: {
    authIssuer: keycloak.issuer,
    authAudience: 'ws-arena',
    authRole: 'ws-user',
    authJwksUrl: keycloak.jwksUrl,
  },
  introspectionUrl: keycloak.introspectionUrl,
  client: { clientId: 'ws-arena', clientSecret: 'ws-arena-secret' },
};
const routes = issuer ? await startTokenRoutes(issuer, ends) : [];

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly realm_access?: { readonly roles: readonly string[] };
}

const asClient = { client_id: 'ws-client', client_secret: 'ws-client-secret' };
/** Its tokens are good for 8 s. */
const asShort = { client_id: 'ws-short', client_secret: 'ws-short-secret' };

interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** Logs in as the realm file allows it. */
async function login(form: Readonly<Record<string, string>>, client = asClient): Promise<Tokens> {
  const body = new URLSearchParams({ ...client, ...form });
  const answer = await fetch(keycloak!.tokenUrl, { method: 'POST', body });
  const { access_token: access, refresh_token: refresh = '' } = (await answer.json()) as {
    access_token?: string;
    refresh_token?: string;
  };
  if (!access) throw new Error(`no token: ${answer.status}`);
  return { access, refresh };
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
      ['the client', (await login({ grant_type: 'client_credentials' })).access],
      ['alice', (await asUser('alice')).access],
      ['bob', (await asUser('bob')).access],
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

describe.runIf(keycloak)('by every way to each server', () => {
  test('alice comes in; bob, who lacks the role, a changed token and none at all stay out', async () => {
    const [{ access: alice }, { access: bob }] = await Promise.all([asUser('alice'), asUser('bob')]);
    const [head, claims, signature] = alice.split('.') as [string, string, string];
    const other = Buffer.from(JSON.stringify({ ...claimsOf(alice), sub: 'bob' })).toString('base64url');
    const bad = [bob, `${head}.${other}.${signature}`, `${head}.${claims}.${signature.slice(4)}`, ''];
    const seen = await Promise.all(
      routes.map(async (route) => {
        const client = await connectBy(alice, route);
        expect(await client.echo('hello')).toBe('hello');
        client.end();
        const answers = await Promise.all(bad.map((token) => entered(token, route)));
        return `${route.name} by ${route.way}: ${answers.join(', ')}`;
      }),
    );
    expect(seen).toEqual(routes.map(({ name, way }) => `${name} by ${way}: 403, 401, 401, 401`));
  });
});

/** `in`, or the status in the reason why the token does not let in. */
async function entered(token: string, route: TokenRoute): Promise<string> {
  try {
    (await connectBy(token, route)).end();
    return 'in';
  } catch (error) {
    const { message } = error as Error;
    return /\b[45]\d\d\b/.exec(message)?.[0] ?? message;
  }
}

describe.runIf(tokenWays.includes('introspection') && keycloak)('a token that Keycloak has revoked', () => {
  test('is out where Keycloak is asked, when its yes is too old, and in where the signature is checked', async (t) => {
    const { access: token } = await asUser('alice');
    const enters = (way: string) =>
      entered(token, routes.find((route) => route.name === 'ws' && route.way === way)!);
    expect(await enters('introspection')).toBe('in');
    const body = new URLSearchParams({ ...asClient, token });
    expect(
      (await fetch(keycloak!.tokenUrl.replace(/token$/, 'revoke'), { method: 'POST', body })).status,
    ).toBe(200);
    await t.expect.poll(() => enters('introspection'), { timeout: 10_000 }).toBe('401');
    expect(await enters('nginx-auth')).toBe('in');
    expect(await enters('nginx')).toBe('in');
  });
});

describe.runIf(keycloak)('the own client of each library, by every way to each server', () => {
  test('logs in, talks, is cut off with 3000 when its token ends, refreshes it and comes back', async () => {
    const seen = await Promise.all(tokenServers.map(untilTokenEnds));
    expect(seen.flat().sort()).toEqual(
      routes.map(({ name, way }) => `${name} by ${way}: 3000 at the end, in again`).sort(),
    );
    expect(routes).toHaveLength(tokenServers.length * tokenWays.length);
  });

  /** One user of a server, who comes by every way at once. */
  async function untilTokenEnds(name: string): Promise<string[]> {
    const { access, refresh } = await asUser('alice', asShort);
    let fresh: Promise<Tokens> | undefined;
    const by = async (route: TokenRoute) => {
      const client = await connectBy(access, route);
      expect(await client.echo('hello')).toBe('hello');
      const code = await client.closed;
      const early = Date.now() / 1000 < claimsOf(access).exp;
      fresh ??= login({ grant_type: 'refresh_token', refresh_token: refresh }, asShort);
      const again = await connectBy((await fresh).access, route);
      expect(await again.echo('hello again')).toBe('hello again');
      again.end();
      return `${name} by ${route.way}: ${code} ${early ? 'too early' : 'at the end'}, in again`;
    };
    return Promise.all(routes.filter((route) => route.name === name).map(by));
  }
});
