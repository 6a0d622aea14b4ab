import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bunIn, fetchedBun } from './bun-binary.ts';
import { TargetUnavailable } from './target-unavailable.ts';

/** An empty folder that is all of the PATH until the test ends. */
function onlyPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bun-binary-'));
  vi.stubEnv('PATH', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('where it cannot be fetched, one sentence says why and what to do', async () => {
  const folder = onlyPath();
  await expect(fetchedBun(join(folder, 'cache'))).rejects.toThrow(
    new TargetUnavailable(
      'bun is not installed, and could not be fetched from npm (spawn npm ENOENT); install it from https://bun.sh',
    ),
  );
});

test.each([
  ['1.4.0', true],
  ['2.0.0', true],
  ['1.3.9', false],
])('an installed one of %s is taken: %s', async (version, isTaken) => {
  const folder = onlyPath();
  writeFileSync(join(folder, 'bun'), `#!/bin/sh\necho ${version}\n`);
  chmodSync(join(folder, 'bun'), 0o755);
  const found = bunIn('bun', join(folder, 'cache'));
  if (isTaken) expect(await found).toBe('bun');
  else await expect(found).rejects.toThrow(TargetUnavailable);
});
