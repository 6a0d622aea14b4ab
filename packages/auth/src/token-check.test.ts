// Both ways of checking a token, on a small issuer with keys of its own.
import { afterAll, describe, expect, test } from 'vitest';
import { introspectionCheck } from './introspection-check.ts';
import { Reporter } from './reporter.ts';
import { signatureCheck } from './signature-check.ts';
import { badTokens } from './testing/bad-tokens.ts';
import { audience, credentials, Issuer, role } from './testing/issuer.ts';
import { tokenFrom } from './token-from.ts';
import type { TokenCheck } from './verdict.ts';

const quiet = new Reporter(() => {});
const issuer = await Issuer.start();
afterAll(() => issuer.goAway());
const config = issuer.config({ proxyIntrospectionUrl: `${issuer.url}/introspect` });

const checks: readonly (readonly [string, TokenCheck])[] = [
  ['by signature', signatureCheck(config, quiet)],
  ['by introspection', introspectionCheck(config, credentials, quiet)],
];

describe.each(checks)('a token checked %s', (_, check) => {
  test('that is good is let in until it expires', async () => {
    const exp = Math.floor(Date.now() / 1000) + 42;
    expect(await check(await issuer.token({ claims: { exp } }))).toEqual({ status: 200, expiresAtSec: exp });
    const listed = { aud: ['account', audience], realm_access: { roles: ['x', role] } };
    expect(await check(await issuer.token({ claims: listed }))).toMatchObject({ status: 200 });
  });

  test.each(badTokens)('$name gets $status', async ({ make, status }) => {
    const token = await make(issuer);
    const verdict = await check(tokenFrom(`Bearer ${token}`, undefined));
    expect(verdict.status).toBe(status === '4xx' ? 401 : status);
    if (verdict.status !== 200 && token !== '') expect(verdict.reason).not.toContain(token);
  });

  test('without a role asked for, any will do', async () => {
    const anyRole = { ...config, authRole: '' };
    const lenient =
      _ === 'by signature' ? signatureCheck(anyRole, quiet) : introspectionCheck(anyRole, credentials, quiet);
    expect((await lenient(await issuer.token({ claims: { realm_access: undefined } }))).status).toBe(200);
  });
});

test('a client that the issuer does not know learns nothing', async () => {
  const check = introspectionCheck(config, { ...credentials, clientSecret: 'guessed' }, quiet);
  expect((await check(await issuer.token())).status).toBe(401);
});

test('a revoked token is refused by introspection, and by its signature is not', async () => {
  const token = await issuer.token();
  issuer.revoke(token);
  const statuses = await Promise.all(checks.map(async ([, check]) => (await check(token)).status));
  expect(statuses).toEqual([200, 401]);
});

describe('keys', () => {
  test('are fetched once for many tokens, and at most once for many unknown names', async () => {
    const check = signatureCheck(config, quiet);
    const before = issuer.asked.keys;
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token()));
    expect(new Set((await Promise.all(tokens.map(check))).map(({ status }) => status))).toEqual(
      new Set([200]),
    );
    for (let i = 0; i < 20; i += 1) await check(await issuer.token({ header: { kid: `unknown-${i}` } }));
    expect(issuer.asked.keys).toBe(before + 1);
  });

  test('that are new are known when those fetched are too old; known ones count while the issuer is away', async (t) => {
    const own = await Issuer.start();
    t.onTestFinished(() => own.goAway());
    const check = signatureCheck(own.config({ authKeysMaxAgeMs: 1000 }), quiet);
    const first = await own.token();
    expect((await check(first)).status).toBe(200);
    await own.rotate();
    const second = await own.token();
    await t.expect.poll(async () => (await check(second)).status, { timeout: 5000 }).toBe(200);
    expect((await check(first)).status).toBe(401);
    await own.goAway();
    const third = await own.token();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await check(third)).status).toBe(200);
    await own.rotate();
    expect(await check(await own.token())).toEqual({
      status: 503,
      reason: `the keys at ${own.url}/certs cannot be had (ECONNREFUSED): a token of a key that is not known gets 503; check authJwksUrl and its realm`,
    });
    await own.comeBack();
  });

  test.each(['/nothing-here', '/introspect'])(
    'at an address that serves none (%s) are a 503',
    async (path) => {
      const check = signatureCheck({ ...config, authJwksUrl: `${issuer.url}${path}` }, quiet);
      expect((await check(await issuer.token())).status).toBe(503);
    },
  );
});
