import type { ArticleFile, ClaimFigure } from '@ws-arena/results/article-file';
import { expect, test } from 'vitest';
import { renderArticleHtml } from './article-html.ts';
import { articleMarkdown } from './article-markdown.ts';
import { articleTerminal } from './article-terminal.ts';
import { figureText } from './claim-text.ts';

const claim = {
  id: 'a-claim',
  part: 'Balancing',
  says: 'A | <claim>',
  experiment: 'It is tried.',
  outcome: 'holds if',
  because: 'You mean it.',
  figures: {
    held: { value: 50_000, unit: 'count' },
    'p99, on ÷ off': { value: 1, lo: 0.9, hi: 1.1, unit: 'ratio' },
  },
  tookMs: 1000,
  others: 0.25,
} as const;

const article: ArticleFile = {
  schemaVersion: 1,
  command: 'pnpm bench article',
  startedAt: '2026-11-24T12:00:00.000Z',
  tookMs: 2000,
  environment: {
    cpuModel: 'a CPU',
    cores: 2,
    memoryBytes: 1,
    kernel: 'Linux 6',
    os: 'Debian',
    node: '22',
    v8: '12',
    openssl: '3',
    descriptors: 20_000,
    pinning: 'not pinned',
    settings: {},
  },
  versions: ['ws 8.23.0'],
  claims: [claim, { ...claim, id: 'another', outcome: 'not tried', because: 'There is no Go.', figures: {} }],
};

test('each form has every claim, its figures, its verdict and the noise', () => {
  const forms = [
    articleMarkdown(article).replaceAll('\\', ''),
    articleTerminal(article, { columns: 80, color: false }),
    renderArticleHtml(article),
  ];
  for (const form of forms) {
    for (const part of [
      'a-claim',
      'another',
      'held: 50,000',
      '1× [0.9×–1.1×]',
      'You mean it.',
      'There is no Go.',
    ])
      expect(form).toContain(part);
    expect(form).toContain('holds if: 1, not tried: 1');
    expect(form.replaceAll(/\s+/g, ' ')).toContain('used 25 % of this machine');
  }
});

test('what comes from data is escaped', () => {
  expect(articleMarkdown(article)).toContain('A \\| &lt;claim&gt;');
  expect(renderArticleHtml(article)).toContain('A | &lt;claim&gt;');
});

test.each<[ClaimFigure, string]>([
  [{ value: 60.02e9, unit: 'ns' }, '60 s'],
  [{ value: 1006, unit: 'code' }, '1006'],
  [{ value: 0.333, unit: 'share' }, '33 %'],
  [{ value: 1234, unit: 'count' }, '1,234'],
  [{ value: 1.234, unit: 'ratio' }, '1.23×'],
  [{ value: 5 * 2 ** 20, unit: 'B' }, '5 MiB'],
  [{ value: 20, lo: 10, hi: 30, unit: '1/s' }, '20/s [10/s–30/s]'],
])('%o reads %s', (figure, text) => expect(figureText(figure)).toBe(text));
