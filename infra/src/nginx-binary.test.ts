import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { fetchedNginx, NginxUnavailable, probeNginx } from './nginx-binary.ts';
import { nginxHere } from './testing/nginx-here.ts';

const run = promisify(execFile);

async function folder(test: { onTestFinished: (clean: () => Promise<void>) => void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ws-arena-fetch-'));
  test.onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Whether apt knows the package without a network: the fetch is tested where it can work. */
const aptKnowsNginx = await run('apt-cache', ['show', 'nginx']).then(
  () => true,
  () => false,
);
if (!aptKnowsNginx) console.warn('skipped: the fetch of Nginx: no apt here, or its lists are not there');

describe.runIf(aptKnowsNginx)('fetchedNginx', () => {
  test('fetches once, also when two ask at the same time, and finds it again', {
    timeout: 60_000,
  }, async (t) => {
    const root = await folder(t);
    const [one, two] = await Promise.all([fetchedNginx(root), fetchedNginx(root)]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ source: 'fetched', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(one.path.startsWith(root)).toBe(true);
    expect(await fetchedNginx(root)).toEqual(one);
  });
});

describe('without a way to fetch', () => {
  test('the error is one sentence that says what to do', async (t) => {
    const path = process.env.PATH;
    t.onTestFinished(() => {
      process.env.PATH = path!;
    });
    process.env.PATH = '/nowhere';
    const failed = fetchedNginx(await folder(t));
    await expect(failed).rejects.toThrow(NginxUnavailable);
    await expect(failed).rejects.toThrow(
      /^nginx is not installed and could not be fetched \(.+\); install nginx \(for example `apt-get install nginx`/,
    );
  });
});

describe('probeNginx', () => {
  test('is undefined for what is not there, and for what is no Nginx', async () => {
    expect(await probeNginx('/nowhere/nginx', 'installed', {})).toBeUndefined();
    expect(await probeNginx('true', 'installed', {})).toBeUndefined();
  });

  test('reads version and OpenSSL', async (t) => {
    const root = await folder(t);
    const path = join(root, 'nginx');
    await mkdir(root, { recursive: true });
    const said =
      'nginx version: openresty/1.29.2.1\\nbuilt with OpenSSL 3.5.1 1 Jul 2025 (running with 3.5.2)\\n';
    await writeFile(path, `#!/bin/sh\nprintf '${said}' >&2\n`);
    await chmod(path, 0o755);
    expect(await probeNginx(path, 'installed', {})).toMatchObject({
      version: '1.29.2.1',
      openssl: 'OpenSSL 3.5.1 1 Jul 2025',
    });
  });

  test.runIf(nginxHere)('the one that the other tests run on has TLS', () => {
    expect(nginxHere!.openssl).toMatch(/^OpenSSL \d/);
  });
});
