// Imports point one way, and in no circle: an app imports packages, a package imports only packages to its left in `order`.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const order = ['config', 'auth', 'wire', 'load', 'results', 'contract', 'lifecycle', 'infra', 'report'];
const allowed: Record<string, readonly string[]> = {
  config: [],
  auth: ['config'],
  wire: [],
  load: ['wire'],
  results: ['load'],
  contract: ['config', 'wire', 'results'],
  lifecycle: ['config', 'contract'],
  infra: ['config', 'auth', 'contract'],
  report: ['load', 'results'],
  'auth-service': ['config', 'auth', 'lifecycle'],
  'ws-server': ['config', 'contract', 'lifecycle'],
  'uws-server': ['config', 'contract', 'lifecycle'],
  'socketio-server': ['config', 'contract', 'lifecycle'],
  loadgen: ['config', 'contract', 'wire', 'load', 'results'],
  bench: ['config', 'contract', 'load', 'results', 'report', 'infra'],
};
const pureModules = /^node:(?!zlib|crypto|util|assert)/;

const wrong: string[] = [];
/** The files that each file imports by path. */
const imports = new Map<string, string[]>();
for (const file of globSync(['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'infra/src/**/*.ts'])) {
  const owner = file.startsWith('infra/') ? 'infra' : file.split('/')[1]!;
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
    /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g,
  )) {
    if (specifier!.startsWith('.'))
      imports.set(file, [...(imports.get(file) ?? []), join(dirname(file), specifier!)]);
    const name = /^@ws-arena\/([^/]+)/.exec(specifier!)?.[1];
    if (name && name !== owner && !allowed[owner]!.includes(name)) {
      wrong.push(
        `${file}: ${owner} may not import ${name} (allowed: ${allowed[owner]!.join(', ') || 'nothing'})`,
      );
    }
    if (/^(\.\.\/)+(apps|packages|infra)\//.test(specifier!)) {
      wrong.push(`${file}: ${specifier} reaches into another package by path; import it by name`);
    }
    if (owner === 'report' && !file.endsWith('.test.ts') && pureModules.test(specifier!)) {
      wrong.push(`${file}: report does no I/O, and imports ${specifier}`);
    }
  }
}
for (const [owner, names] of Object.entries(allowed)) {
  for (const name of names) {
    if (order.includes(owner) && order.indexOf(name) > order.indexOf(owner))
      wrong.push(`${owner} ← ${name} is a cycle`);
  }
}
const clear = new Set<string>();
/** Adds the first circle of imports that leads from the last file of `path` back into it. */
function findCircle(path: readonly string[]): void {
  const file = path.at(-1)!;
  for (const next of imports.get(file) ?? []) {
    if (path.includes(next)) wrong.push(`a circle: ${[...path.slice(path.indexOf(next)), next].join(' → ')}`);
    else if (!clear.has(next)) findCircle([...path, next]);
  }
  clear.add(file);
}
for (const file of imports.keys()) if (!clear.has(file)) findCircle([file]);
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exitCode = 1;
}
