/*
 * What may import what (docs/architecture.md). Packages reach each other by the names in their package.json, and pnpm lets
 * nobody import what is not declared there; this checks that the declarations point one way, that nobody goes round them
 * by a path, and that what is pure stays pure. Circles between files are found by Biome.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';

const SCOPE = '@ws-arena/';
const LONGEST_FILE = 300;
/** `report` makes text of a run and does no I/O. */
const pure = 'packages/report';
const pureModules = /^node:(?:zlib|crypto|path|util|assert)/;

const problems: string[] = [];
const folders = globSync('{apps,packages,baselines}/*/package.json')
  .concat('infra/package.json')
  .map(dirname);
const folderOf = new Map(folders.map((folder) => [nameOf(folder), folder]));

for (const folder of folders) {
  const { dependencies = {}, devDependencies = {} } = manifest(folder);
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const to = folderOf.get(name);
    if (to?.startsWith('apps/')) problems.push(`${folder} depends on ${to}; nobody may depend on an app`);
    if (to && reaches(to, folder)) problems.push(`${folder} and ${to} depend on each other`);
  }
}

for (const folder of folders) {
  for (const file of globSync(`${folder}/{src/**/*.ts,*.ts}`)) {
    const text = readFileSync(file, 'utf8');
    const isTest = /\.test\.ts$|\/testing\/|\/testdata\//.test(file);
    const lines = text.split('\n').length - 1;
    if (!isTest && lines > LONGEST_FILE)
      problems.push(`${file} has ${lines} lines; at most ${LONGEST_FILE} are allowed`);
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)) {
      const to = resolve(dirname(file), specifier!);
      // `scripts` is no package and has no name.
      const leaves = relative(folder, to).startsWith(`..${sep}`) && dirname(to) !== resolve('scripts');
      if (specifier!.startsWith('.') && leaves)
        problems.push(`${file}: ${specifier} reaches into another package by path; import it by name`);
      if (folder === pure && !isTest && specifier!.startsWith('node:') && !pureModules.test(specifier!))
        problems.push(`${file}: ${pure} does no I/O, and imports ${specifier}`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

function manifest(folder: string): {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
} {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
}

function nameOf(folder: string): string {
  const { name } = manifest(folder);
  return name.startsWith(SCOPE) ? name : SCOPE + name;
}

/** Whether `from` depends on `to`, by way of others too. */
function reaches(from: string, to: string, seen = new Set<string>()): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const { dependencies = {}, devDependencies = {} } = manifest(from);
  return Object.keys({ ...dependencies, ...devDependencies }).some((name) => {
    const next = folderOf.get(name);
    return next !== undefined && (next === to || reaches(next, to, seen));
  });
}
