// `pnpm --filter ws-arena-loadgen build`: makes the published form in dist. Node.js strips no types below node_modules,
// so that form is a bundle; nothing in this project runs it.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const dist = join(here, 'dist');
rmSync(dist, { recursive: true, force: true });

await build({
  cwd: here,
  // Beside the two that are imported or run, those that are started as a process and as a thread.
  input: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    worker: 'src/processes/worker.ts',
    'ticker-thread': 'src/schedule/ticker-thread.ts',
  },
  platform: 'node',
  output: {
    dir: dist,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    banner: ({ name }) => (name === 'main' ? '#!/usr/bin/env node' : ''),
  },
});
chmodSync(join(dist, 'main.js'), 0o755);
types();

const { name, version, description, keywords, license, repository, engines, publishConfig } = JSON.parse(
  readFileSync(join(here, 'package.json'), 'utf8'),
);
const { directory: _, ...publish } = publishConfig;
const manifest = {
  ...{ name, version, description, keywords, license, repository, engines },
  type: 'module',
  bin: { [name]: 'main.js' },
  exports: {
    '.': { types: './types/apps/loadgen/src/index.d.ts', default: './index.js' },
    './result.schema.json': './result.schema.json',
  },
  publishConfig: publish,
};
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ['README.md', 'result.schema.json', 'examples'])
  cpSync(join(here, file), join(dist, file), { recursive: true });
cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'));

/** The declarations of what index.ts exports, as a tree of files that name each other by path. */
function types(): void {
  const out = join(dist, 'types');
  const options = [
    '--declaration',
    '--emitDeclarationOnly',
    '--noEmit',
    'false',
    '--rootDir',
    root,
    '--outDir',
    out,
  ];
  execFileSync('tsc', ['-p', join(here, 'tsconfig.types.json'), ...options], { cwd: here, stdio: 'inherit' });
  for (const file of globSync(`${out}/**/*.d.ts`)) {
    const byName = (_: string, folder: string, path: string) => {
      const to = relative(dirname(file), join(out, 'packages', folder, 'src', path));
      return `'${to}.ts'`;
    };
    const text = readFileSync(file, 'utf8').replaceAll(/'@ws-arena\/(\w+)\/([\w-]+)'/g, byName);
    writeFileSync(file, text.replaceAll(/'(\.{1,2}\/[^']+)\.ts'/g, "'$1.js'"));
  }
}
