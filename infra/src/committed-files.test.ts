import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { committedConfigs, documentsWithConfig, withConfig } from './committed-files.ts';
import { projectRoot } from './project-cache.ts';

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
