import { expect, test } from 'vitest';
import { introspectionCheck } from './introspection-check.ts';
import { Reporter } from './reporter.ts';
import { signatureCheck } from './signature-check.ts';
import { credentials, Issuer } from './testing/issuer.ts';
import type { TokenCheck } from './verdict.ts';

/** What is said while `ask` has tokens checked with the settings of `issuer`, and others. */
async function saidOf(
  issuer: Issuer,
  more: Readonly<Record<string, unknown>>,
  ask: (check: TokenCheck) => Promise<void>,
): Promise<string[]> {
  const said: string[] = [];
  const config = issuer.config({ authKeysMaxAgeMs: 1000, ...more });
  const reporter = new Reporter((sentence) => said.push(sentence));
  await ask(
    config.proxyIntrospectionUrl === ''
      ? signatureCheck(config, reporter)
      : introspectionCheck(config, credentials, reporter),
  );
  return said;
}

test('a wrong authIssuer is told once, with what the tokens say', async () => {
  const issuer = await Issuer.start();
  const said = await saidOf(issuer, { authIssuer: 'http://localhost:8180/realms/other' }, async (check) => {
    for (let i = 0; i < 3; i += 1) expect((await check(await issuer.token())).status).toBe(401);
  });
  expect(said).toEqual([
    `a token with a good signature is of the issuer "${issuer.url}", and authIssuer is "http://localhost:8180/realms/other"`,
  ]);
});

test('a token that somebody else signed is told to nobody, whatever it says of its issuer', async () => {
  const issuer = await Issuer.start();
  const other = await Issuer.start();
  const said = await saidOf(issuer, {}, async (check) => {
    expect((await check(await other.token())).status).toBe(401);
    expect((await check(await issuer.token())).status).toBe(200);
  });
  expect(said).toEqual([]);
});

test('keys of a realm that is not there', async () => {
  const issuer = await Issuer.start();
  const authJwksUrl = `${issuer.url}/realms/none/certs`;
  const said = await saidOf(issuer, { authJwksUrl }, async (check) => {
    for (let i = 0; i < 3; i += 1) expect((await check(await issuer.token())).status).toBe(503);
  });
  expect(said).toEqual([
    `the keys at ${authJwksUrl} cannot be had (status 404): a token of a key that is not known gets 503; check authJwksUrl and its realm`,
  ]);
});

test('keys that cannot be reached, and that they can again', async () => {
  const issuer = await Issuer.start();
  const token = await issuer.token();
  await issuer.goAway();
  const said = await saidOf(issuer, {}, async (check) => {
    expect((await check(token)).status).toBe(503);
    await issuer.comeBack();
    await expect.poll(async () => (await check(token)).status, { timeout: 20_000 }).toBe(200);
  });
  expect(said).toEqual([
    `the keys at ${issuer.url}/certs cannot be had (ECONNREFUSED): a token of a key that is not known gets 503; check authJwksUrl and its realm`,
    'the issuer can be reached again',
  ]);
});

test('while the issuer is away, a token of a known key and none at all say nothing of it', async () => {
  const issuer = await Issuer.start();
  const known = await issuer.token();
  const said = await saidOf(issuer, {}, async (check) => {
    expect((await check(known)).status).toBe(200);
    await issuer.goAway();
    await issuer.rotate();
    const unknown = await issuer.token();
    await expect.poll(async () => (await check(unknown)).status, { timeout: 20_000 }).toBe(503);
    for (const [token, status] of [
      [known, 200],
      [unknown, 503],
      [undefined, 401],
      [unknown, 503],
    ] as const)
      expect((await check(token)).status).toBe(status);
  });
  expect(said).toEqual([expect.stringContaining('cannot be had (ECONNREFUSED)')]);
});

test('the same where the issuer is asked about each token', async () => {
  const issuer = await Issuer.start();
  const proxyIntrospectionUrl = `${issuer.url}/introspect`;
  const token = await issuer.token();
  const said = await saidOf(issuer, { proxyIntrospectionUrl }, async (check) => {
    await issuer.goAway();
    for (const [one, status] of [
      [token, 503],
      [undefined, 401],
      [token, 503],
    ] as const)
      expect((await check(one)).status).toBe(status);
    await issuer.comeBack();
    expect((await check(token)).status).toBe(200);
  });
  expect(said).toEqual([
    `${proxyIntrospectionUrl} cannot be asked (fetch failed)`,
    'the issuer can be reached again',
  ]);
});
