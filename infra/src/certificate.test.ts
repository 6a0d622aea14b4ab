import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificateFiles } from './certificate.ts';

async function folder(test: { onTestFinished: (clean: () => Promise<void>) => void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ws-arena-tls-'));
  test.onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('names this machine, its key fits, and the key is nobody else’s to read', async (t) => {
  const files = await certificateFiles(await folder(t));
  const certificate = new X509Certificate(await readFile(files.certificate));
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkIP('::1')).toBeDefined();
  expect(certificate.publicKey.asymmetricKeyType).toBe('ec');
  expect(certificate.checkPrivateKey(createPrivateKey(await readFile(files.key)))).toBe(true);
  expect((await stat(files.key)).mode & 0o077).toBe(0);
});

test('is made once, also when three ask at the same time', async (t) => {
  const root = await folder(t);
  const all = await Promise.all([certificateFiles(root), certificateFiles(root), certificateFiles(root)]);
  const serial = async () => new X509Certificate(await readFile(all[0].certificate)).serialNumber;
  const first = await serial();
  expect(await certificateFiles(root)).toEqual(all[0]);
  expect(await serial()).toBe(first);
  expect(await readdir(root)).toEqual([all[0].madeBy]);
});

test('mkcert makes it where it is installed', async (t) => {
  const root = await folder(t);
  const made = await certificateFiles(join(root, 'made'));
  const bin = await mkdtemp(join(root, 'bin-'));
  // A mkcert that writes what the other way made: this proves the arguments and the choice, not mkcert.
  const script = `#!/bin/sh\n[ "$1 $2 $4" = "-ecdsa -cert-file -key-file" ] && [ "$6 $7 $8" = "localhost 127.0.0.1 ::1" ] || exit 1\ncp '${made.certificate}' "$3"; cp '${made.key}' "$5"\n`;
  await writeFile(join(bin, 'mkcert'), script);
  await chmod(join(bin, 'mkcert'), 0o755);
  const path = process.env.PATH;
  t.onTestFinished(() => {
    process.env.PATH = path!;
  });
  process.env.PATH = `${bin}:${path}`;
  expect((await certificateFiles(join(root, 'tls'))).madeBy).toBe('mkcert');
});
