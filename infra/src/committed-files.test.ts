import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { committedConfigs, documentsWithConfig, withConfig } from './committed-files.ts';
import { projectRoot } from './project-cache.ts';
import { modulesHere } from './testing/modules-here.ts';

const committed = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

describe('what is committed is what `pnpm infra render` writes', () => {
  test.each(Object.entries(committedConfigs()))('%s', (path, text) => {
    expect(committed(path)).toBe(text);
  });

  test.each(documentsWithConfig)('%s', (path) => {
    const document = committed(path);
    expect(document).toBe(withConfig(document));
  });

  test('a document without the markers is an error', () => {
    expect(() => withConfig('# Nginx')).toThrow('the document must hold <!-- infra/nginx/nginx.conf');
  });
});

describe.runIf(modulesHere)('the variants find the script that lies beside them', () => {
  test.each([
    ['njs', 'token.js'],
    ['lua', 'token.lua'],
  ])('%s', (kind, script) => {
    const { path, env, modules } = modulesHere!;
    const prefix = mkdtempSync(join(tmpdir(), 'ws-arena-nginx-t-'));
    try {
      mkdirSync(join(prefix, 'temp'));
      copyFileSync(join(projectRoot, 'infra/nginx', script), join(prefix, script));
      // Where the modules are here, in place of Debian's own places.
      const text = committed(`infra/nginx/nginx-${kind}.conf`)
        .replaceAll('/usr/lib/nginx/modules', modules.folder)
        .replaceAll('/usr/share/lua/5.1', modules.lua)
        .replaceAll('/usr/lib/x86_64-linux-gnu/lua/5.1', modules.luaC);
      writeFileSync(join(prefix, 'nginx.conf'), text);
      const args = ['-t', '-p', `${prefix}/`, '-c', 'nginx.conf', '-e', 'stderr'];
      const said = spawnSync(path, args, { env: { ...process.env, ...env }, encoding: 'utf8' }).stderr;
      expect(said).toContain('test is successful');
    } finally {
      rmSync(prefix, { recursive: true });
    }
  });
});
