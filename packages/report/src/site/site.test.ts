import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { summarize } from '../summarize.ts';
import { sampleRun } from '../testdata/sample-run.ts';
import { siteFiles } from './site.ts';

const reference = summarize(sampleRun({ scenarios: ['load', 'connect'] }));
const other = summarize(sampleRun({ scenarios: ['connect'], seed: 2 }));
const documents = [
  {
    path: 'docs/method.md',
    text: '# Method\n\n## What is `p99`?\n\n[a](choosing.md#by-need) [b](../apps/x.ts) [c](#what-is-p99) [run](reference/run.jsonl)\n',
  },
  {
    path: 'docs/choosing.md',
    text: '# Choosing\n\n## By need\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |\n\n[page](reference/report.html) [home](../README.md)',
  },
  { path: 'docs/upstream/ws.md', text: '# Of ws\n\n[method](../method.md)' },
];
const input = {
  runs: [
    { folder: 'reference', report: reference },
    { folder: 'runs/laptop', report: other },
  ],
  documents,
};
const files = siteFiles(input);

test('every link of the site leads to a file of it, by a relative path, and to an id that is there', () => {
  let links = 0;
  for (const [path, text] of files) {
    if (!path.endsWith('.html')) continue;
    for (const [, href] of text.matchAll(/<a href="([^"]+)"/g)) {
      links += 1;
      const [file = '', id] = href!.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      expect(target.startsWith('..'), `${path}: ${href}`).toBe(false);
      // The runner copies it.
      if (target.endsWith('run.jsonl')) continue;
      expect(files.has(target), `${path}: ${href}`).toBe(true);
      if (id) expect(files.get(target)!.includes(`id="${id}"`), `${path}: ${href}`).toBe(true);
    }
  }
  expect(links).toBeGreaterThan(60);
});

test('the start page has the answer, and leads to each run and document', () => {
  const start = files.get('index.html')!;
  expect(start).toContain('plain request and answer');
  expect(start).toMatch(/href="reference\/report\.html#case-\d+-cpuServer"/);
  for (const page of [
    'reference/report.html',
    'runs.html',
    'method.html',
    'choosing.html',
    'upstream/ws.html',
  ])
    expect(start).toContain(`href="${page}"`);
});

test('runs stand beside each other, need by need; what one did not measure is a dash', () => {
  const text = files
    .get('runs.html')!
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(text).toMatch(
    /CPU per handshake target reference laptop ws [\d.]+ µs [\d.]+× behind [\d.]+ µs [\d.]+× behind uws/,
  );
  expect(text).toMatch(/CPU per message target reference laptop ws [\d.]+ µs [\d.]+× behind – uws/);
});

test('a file that is not on the site is a link into the repository, or plain text', () => {
  expect(files.get('method.html')).toContain('<p><a href="choosing.html#by-need">a</a> b <a');
  const linked = siteFiles({ ...input, repository: 'https://example.org/blob/main' });
  expect(linked.get('method.html')).toContain('<a href="https://example.org/blob/main/apps/x.ts">b</a>');
});
