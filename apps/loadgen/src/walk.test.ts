import { globSync, readFileSync } from 'node:fs';
import { repoRoot } from '@ws-arena/contract/repo-root';
import { expect, test } from 'vitest';

const [, doc = ''] = readFileSync(`${repoRoot}docs/architecture.md`, 'utf8').split(
  '## A message through the load generator',
);
const section = doc.split('\n## ')[0]!;
const sources = `${repoRoot}apps/loadgen/src/`;
/** From the leaves on: each folder imports only those before it. */
const order = ['schedule', 'record', 'wire', 'transport', 'loads', 'processes', 'fleet', 'cli'];

test('the walk of a message in docs/architecture.md names files and functions that exist', () => {
  const walk = [...section.matchAll(/^\d\. \[.*?\]\(\.\.\/(.*?)\): `?(?:\w+\.)?(\w+)/gm)];
  expect(walk).toHaveLength(6);
  for (const [, file, name] of walk.slice(0, 5))
    expect(readFileSync(`${repoRoot}${file}`, 'utf8'), `${file} has ${name}`).toMatch(
      new RegExp(`\\b${name}\\b`),
    );
});

test('the folders of the generator import one way', () => {
  const wrong = globSync(`${sources}{${order.join(',')}}/*.ts`).flatMap((file) => {
    const folder = file.split('/').at(-2)!;
    const imported = [...readFileSync(file, 'utf8').matchAll(/from '\.\.\/(\w+)\//g)].map(
      ([, name]) => name!,
    );
    const upwards = imported.filter((name) => order.indexOf(name) > order.indexOf(folder));
    return file.endsWith('.test.ts') ? [] : upwards.map((name) => `${folder} imports ${name}: ${file}`);
  });
  expect(wrong).toEqual([]);
});
