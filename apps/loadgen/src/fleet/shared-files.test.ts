import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { withFileNames, withOwnFiles } from './shared-files.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'shared-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function specOf(folder: string, ca = 'ca.pem'): LoadSpec {
  return {
    ...defaultSpec,
    scenario: { name: join(folder, 'chat.ts'), params: {} },
    payload: { ...defaultSpec.payload, kind: 'file', path: join(folder, 'feed.json') },
    tls: { ...defaultSpec.tls, ca: join(folder, ca) },
  };
}

const files = { 'chat.ts': 'a', 'feed.json': 'b', 'ca.pem': 'c' };

test('a spec travels with the names of its files, and finds the same files in another folder', () => {
  const [here, there] = [folderWith(files), folderWith(files)];
  const sent = withFileNames(specOf(here));
  expect(JSON.stringify(sent)).not.toContain(here);
  expect(withOwnFiles(sent.spec, sent.files, there)).toEqual(specOf(there));
});

test('a ready-made scenario is no file', () => {
  const spec = { ...defaultSpec, scenario: { name: 'json', params: {} } };
  expect(withFileNames(spec)).toEqual({ spec, files: {} });
  expect(withOwnFiles(spec, {}, '/nowhere')).toEqual(spec);
});

test.each([
  ['../chat.ts', 'it was asked for "../chat.ts", which is no name of a file'],
  ['/etc/passwd', 'it was asked for "/etc/passwd", which is no name of a file'],
  ['constructor', 'it was asked for "constructor", which is no name of a file'],
  ['..', 'it was asked for "..", which is no name of a file'],
])('what came over Redis cannot lead out of the folder: %s', (name, message) => {
  const sent = withFileNames(specOf(folderWith(files)));
  const spec = { ...sent.spec, scenario: { name, params: {} } };
  const hashes = name === 'constructor' ? sent.files : { ...sent.files, [name]: 'any' };
  expect(() => withOwnFiles(spec, hashes, folderWith(files))).toThrow(message);
});

test.each([
  [{ 'chat.ts': 'a' }, /^it has no file feed\.json in /],
  [{ ...files, 'ca.pem': 'other' }, /^it has another ca\.pem in .*: SHA-256 \w{12}…; wanted: \w{12}…$/],
])('a file that is not there, or another one, is refused: %o', (own, message) => {
  const sent = withFileNames(specOf(folderWith(files)));
  expect(() => withOwnFiles(sent.spec, sent.files, folderWith(own))).toThrow(message);
});

test('two different files of one name cannot be told apart by it', () => {
  const folder = folderWith({ ...files, 'feed.json': 'a' });
  const spec = specOf(folder);
  const tls = { ...spec.tls, ca: join(folderWith({ 'chat.ts': 'z' }), 'chat.ts') };
  expect(() => withFileNames({ ...spec, tls })).toThrow('two different files are named chat.ts');
});
