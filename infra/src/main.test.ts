import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
