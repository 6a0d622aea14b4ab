import { readFileSync } from 'node:fs';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { expect, test } from 'vitest';
import { docsText } from './docs.ts';

test('docs/loadgen.md is what the table of options makes: refresh it with `pnpm --filter ws-arena-loadgen docs`', () => {
  expect(readFileSync(`${repoRoot}docs/loadgen.md`, 'utf8')).toBe(docsText());
});
