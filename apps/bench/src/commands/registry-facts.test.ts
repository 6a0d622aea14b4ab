import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { libraryFacts } from '@ws-arena/report/view/facts';
import { expect, test } from 'vitest';
import { binariesOf, installScripts } from './registry-facts.ts';

test('native binaries are told by system, Node.js and libc', () => {
  const files = [
    'uws_linux_x64_127.node',
    'uws_linux_x64_115.node',
    'uws_darwin_arm64_999.node',
    'other.node',
  ];
  const bytes = (file: string) =>
    file.includes('127') ? 'GLIBC_2.4 GLIBC_2.27' : file.includes('linux') ? 'GLIBC_2.9' : '';
  expect(binariesOf(files, bytes)).toEqual([
    'darwin arm64: Node.js ABI 999',
    'linux x64: Node.js 20, 22, glibc 2.27',
  ]);
});

test('scripts that run on install are named, others are not', () => {
  expect(installScripts({ test: 'vitest', postinstall: 'node build.js' })).toBe('postinstall');
  expect(installScripts({ test: 'vitest' })).toBe('none');
});

test.each([
  ['ws', 'apps/ws-server/node_modules/ws'],
  ['socketio', 'apps/socketio-server/node_modules/socket.io'],
])('the table of facts names the version of %s that is installed', (target, folder) => {
  const { version } = JSON.parse(readFileSync(join(repoRoot, folder, 'package.json'), 'utf8'));
  expect(libraryFacts.find((one) => one.target === target)!.facts.maintenance.text).toContain(version);
});
