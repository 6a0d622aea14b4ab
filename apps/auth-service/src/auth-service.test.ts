// The service as Nginx sees it: a process, asked with the headers of an upgrade.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { badTokens } from '@ws-arena/auth/testing/bad-tokens';
import { credentials, Issuer } from '@ws-arena/auth/testing/issuer';
import { toEnv } from '@ws-arena/config/parse-config';
import { afterAll, describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const issuer = await Issuer.start();
const asClient = { AUTH_CLIENT_ID: credentials.clientId, AUTH_CLIENT_SECRET: credentials.clientSecret };
const introspection = { proxyIntrospectionUrl: `${issuer.url}/introspect`, proxyIntrospectionCacheMs: 5000 };
const bySignature = await service(issuer.config({ port: 0 }));
const byIntrospection = await service(issuer.config({ port: 0, ...introspection }), asClient);
afterAll(async () => {
  await Promise.all([bySignature.stop(), byIntrospection.stop()]);
  await issuer.goAway();
});

async function service(config: ReturnType<Issuer['config']>, env = {}) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...toEnv(config), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const line = (once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>).then(
    ([text]) => JSON.parse(text) as { port: number },
  );
  const ready = await Promise.race([line, exited]);
  const port = Array.isArray(ready) ? undefined : ready.port;
  return {
    code: async () => (await exited)[0],
    said: () => said,
    ask: (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/`, { headers }),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

describe.each([
  ['by signature', bySignature, '0'],
  ['by introspection', byIntrospection, '5'],
] as const)('%s', (_, { ask }, kept) => {
  test('a good token is let in, in either header, with what Nginx has to know', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const token = await issuer.token({ claims: { exp } });
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { 'sec-websocket-protocol': `bearer, ${token}` },
    ]) {
      const answer = await ask(headers);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('x-token-expires')).toBe(String(exp));
      expect(answer.headers.get('x-accel-expires')).toBe(kept);
    }
  });

  test('no token gets 401, with the way to bring one', async () => {
    const answer = await ask({});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test.each(badTokens)('$name gets $status', async ({ make, status }) => {
    const answer = await ask({ authorization: `Bearer ${await make(issuer)}` });
    if (status === '4xx') expect(Math.floor(answer.status / 100)).toBe(4);
    else expect(answer.status).toBe(status);
  });
});

test('an answer is not kept longer than its token is good', async () => {
  const exp = Math.floor(Date.now() / 1000) + 3;
  const answer = await byIntrospection.ask({
    authorization: `Bearer ${await issuer.token({ claims: { exp } })}`,
  });
  expect(Number(answer.headers.get('x-accel-expires'))).toBeLessThan(3);
});

test('while the issuer is away it is 503, said once on stderr and without the token', async (t) => {
  const gone = await Issuer.start();
  const { ask, said, stop } = await service(gone.config({ port: 0 }));
  t.onTestFinished(stop);
  const token = await gone.token();
  await gone.goAway();
  const headers = { authorization: `Bearer ${token}` };
  expect((await ask(headers)).status).toBe(503);
  expect((await ask(headers)).status).toBe(503);
  await t.expect
    .poll(said)
    .toBe(
      `the keys at ${gone.url}/certs cannot be had (ECONNREFUSED): a token of a key that is not known gets 503; check authJwksUrl and its realm\n`,
    );
});

test.each([
  [
    'no issuer',
    () => ({ ...issuer.config(), authIssuer: '', authAudience: '', authRole: '', authJwksUrl: '' }),
    /^authIssuer is empty and must be set/,
  ],
  [
    'nobody to ask as',
    () => issuer.config(introspection),
    /AUTH_CLIENT_ID and AUTH_CLIENT_SECRET must stand/,
  ],
] as const)('%s is wrong usage', async (_, config, sentence) => {
  const { code, said } = await service(config());
  expect(await code()).toBe(2);
  expect(said()).toMatch(sentence);
});
