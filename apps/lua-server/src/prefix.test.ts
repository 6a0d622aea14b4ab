import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import type { ModularNginx } from '@ws-arena/infra/nginx-modules';
import { expect, test } from 'vitest';
import { prefixFor } from './prefix.ts';

const nginx: ModularNginx = {
  path: 'nginx',
  version: '1.22.1',
  env: {},
  source: 'installed',
  modules: { folder: 'modules', lua: 'lua', luaC: 'lua' },
};

test('a folder that another process of the same id left is made anew, and nobody else may look into it', async () => {
  const left = join(tmpdir(), `ws-arena-lua-${process.getuid?.()}`, String(process.pid));
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'keys.sock'), '');
  const { folder } = await prefixFor(parseConfig({ port: 0 }), nginx);
  expect(folder).toBe(left);
  expect((await readdir(folder)).sort()).toEqual(['nginx.conf', 'temp']);
  expect((await stat(dirname(folder))).mode & 0o777).toBe(0o700);
});
