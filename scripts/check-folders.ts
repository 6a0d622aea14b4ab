/** Every folder with sources is in the table of docs/architecture.md, and every folder of the table is there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Folders that are told with the one above them: tests' helpers, data, and one kind of file many times over. */
const ABOVE = /\/(testing|testdata|expected|claims|programs|ready-made|rows|cases|charts)(\/.*)?$/;

const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
const sources = tracked.filter((path) => /^(apps|packages|infra)\/.*\.(ts|lua)$/.test(path));
const folders = new Set(
  sources.filter((path) => /\/(src|lua)\//.test(path)).map((path) => dirname(path).replace(ABOVE, '')),
);
const table = readFileSync('docs/architecture.md', 'utf8').split('## Every folder')[1] ?? '';
const told = new Set(
  [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  ),
);

const wrong = [
  ...[...folders]
    .filter((folder) => !told.has(folder))
    .map((folder) => `${folder} is not in the table of docs/architecture.md`),
  ...[...told]
    .filter((folder) => !tracked.some((path) => path.startsWith(`${folder}/`)))
    .map((folder) => `docs/architecture.md names ${folder}, which is not there`),
];
for (const sentence of wrong) process.stderr.write(`${sentence}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
