// The one test file that starts a real Keycloak, since that takes it 15 to 60 s.
import { afterAll, describe, expect, test } from 'vitest';
import { KeycloakUnavailable } from './keycloak-dist.ts';
import { startKeycloak } from './keycloak-process.ts';

const keycloak = await startKeycloak().catch((error: unknown) => {
  if (!(error instanceof KeycloakUnavailable)) throw error;
  console.warn(`skipped: a real Keycloak: ${error.message}`);
  return undefined;
});
afterAll(() => keycloak?.stop());

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly realm_access?: { readonly roles: readonly string[] };
}

/** Logs in as the realm file allows it, and returns the access token. */
async function login(form: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ client_id: 'ws-client', client_secret: 'ws-client-secret', ...form });
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
