import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { targets } from '@ws-arena/contract/targets';
import { decisions } from '@ws-arena/report/view/decisions';
import { scenarios } from '@ws-arena/results/trial';
import { expect, test } from 'vitest';
import { benchConfig } from '../plan/bench-config.ts';
import { parseOptions } from '../plan/options.ts';
import { articleDocument, documents, generatorsDocument, withResults } from './report-commands.ts';

test.each(documents)(
  'the result table of %s is that of the reference run (else: pnpm bench readme)',
  (document) => {
    const { before, after } = withResults(document);
    expect(before).toBe(after);
  },
);

test('README names every target', () => {
  const readme = readFileSync(join(repoRoot, 'README.md'), 'utf8');
  expect(targets.filter(({ name }) => !readme.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
});

test.each(decisions)('the command that measures “$title” is one that a run takes', ({ command }) => {
  const { scenarios: asked } = benchConfig(parseOptions(command.split(' ').slice(2)));
  expect(scenarios).toContain(asked[0]);
});

test('docs/article.md is made from docs/reference/article.json (else: pnpm bench readme)', () => {
  const { before, after } = articleDocument();
  expect(before).toBe(after);
});

test('docs/generators.md is made from docs/reference/generators.json (else: pnpm bench readme)', () => {
  const { before, after } = generatorsDocument();
  expect(before).toBe(after);
});
