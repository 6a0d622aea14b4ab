import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRunPrefix } from './run-prefix.ts';

test('the folder of a killed process is taken away at the next start, and that of a running one is not', async () => {
  const dead = join(tmpdir(), `ws-arena-nginx-${2 ** 22 + 1}-abcdef`);
  await mkdir(join(dead, 'temp'), { recursive: true });
  const own = await makeRunPrefix();
  const second = await makeRunPrefix();
  onTestFinished(async () => {
    for (const path of [own, second]) await rm(path, { recursive: true });
  });
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(own)).toBe(true);
  expect(own).not.toBe(second);
});
