import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { startKeycloak } from './keycloak-process.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const infra = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

test('check says that nothing differs', () => {
  const { status, stdout } = infra('check');
  expect(stdout).not.toContain('differs');
  expect(stdout).toContain('infra/nginx/nginx.conf');
  expect(status).toBe(0);
});

test.each([
  [[], 'usage: pnpm infra render|check|keycloak; got nothing'],
  [['rendr'], 'usage: pnpm infra render|check|keycloak; got rendr'],
  [['render', 'twice'], 'usage: pnpm infra render; got twice'],
  [
    ['keycloak', '--port', 'x'],
    '--port is "x"; allowed: 1 to 65535; usage: pnpm infra keycloak [--port 8180]',
  ],
  [['keycloak', '--prot', '1'], "Unknown option '--prot'"],
])('%j is wrong usage', (args, sentence) => {
  const { status, stderr } = infra(...args);
  expect(stderr).toContain(sentence);
  expect(status).toBe(2);
});

/** `pnpm infra keycloak` with these words, where it cannot start: its exit code and what it says. */
async function keycloakFails(env: NodeJS.ProcessEnv, ...args: string[]): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [main, 'keycloak', ...args], { env: { ...process.env, ...env } });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return [code as number | null, said];
}

test('keycloak on a port that is taken says so in one sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await keycloakFails({}, '--port', String(port))).toEqual([
    1,
    `Keycloak cannot start: port ${port} of 127.0.0.1 is taken\n`,
  ]);
});

test('keycloak without a JDK says what to do in one sentence', async () => {
  const port = await freePort('127.0.0.1');
  expect(await keycloakFails({ PATH: '/nowhere' }, '--port', String(port))).toEqual([
    1,
    'Keycloak needs a JDK 17 or later in the PATH (for example `apt-get install openjdk-17-jdk-headless`), and there is none\n',
  ]);
});

test('keycloak without a realm says which file is wrong', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ws-arena-realm-'));
  t.onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'realm.json');
  await expect(startKeycloak({ realmFile: file })).rejects.toThrow(
    `the realm file ${file} cannot be used: ENOENT`,
  );
  await writeFile(file, '{"enabled": true}');
  await expect(startKeycloak({ realmFile: file })).rejects.toThrow(
    `the realm file ${file} cannot be used: it has no "realm"`,
  );
});
