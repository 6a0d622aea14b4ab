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

test.each([[[]], [['rendr']], [['render', 'twice']]])('%j is wrong usage', (args) => {
  const { status, stderr } = infra(...args);
  expect(stderr).toContain('usage: pnpm infra render|check; got ');
  expect(status).toBe(2);
});
