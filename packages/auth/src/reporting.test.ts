import { expect, test } from 'vitest';
import { reporting } from './reporting.ts';
import { signatureCheck } from './signature-check.ts';
import { Issuer } from './testing/issuer.ts';

/** What is said while `ask` has tokens checked with the settings of `issuer`, and others. */
async function saidOf(
  issuer: Issuer,
  more: Readonly<Record<string, unknown>>,
  ask: (check: (token: string) => Promise<{ status: number }>) => Promise<void>,
): Promise<string[]> {
  const said: string[] = [];
  const check = reporting(signatureCheck(issuer.config({ authKeysMaxAgeMs: 1000, ...more })), (sentence) =>
    said.push(sentence),
  );
  await ask(check);
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
