// What production-files.sh puts into an image is enough to run, and no more. Proven without Docker: the same script,
// on a copy of what the Docker context holds.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bunBinary } from '@ws-arena/contract/bun-binary';
import { parseReadyLine } from '@ws-arena/server-interface/ready-line';
import { expect, test } from 'vitest';
import { projectCache, projectRoot } from './project-cache.ts';
import { infraText } from './testing/deployment-files.ts';

/** The files that the allow-list of the Docker context lets in. */
function contextFiles(): string[] {
  const allowed = [...infraText('Dockerfile.dockerignore').matchAll(/^!(.*)$/gm)].map(([, path]) => path!);
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...allowed], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path && existsSync(join(projectRoot, path)));
}

/** A folder with what an image of `app` holds. */
function imageOf(app: string, work: string): string {
  const context = join(work, 'context');
  for (const path of contextFiles()) cpSync(join(projectRoot, path), join(context, path));
  const { packageManager } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const bin = join(work, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pnpm'), `#!/bin/sh\nexec npx --yes ${packageManager} "$@"\n`);
  chmodSync(join(bin, 'pnpm'), 0o755);
  execFileSync('sh', ['infra/production-files.sh', app, join(work, 'image')], {
    cwd: context,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 150_000,
  });
  return join(work, 'image');
}

test.for([
  ['ws-server', 'apps/ws-server/src/main.ts', []],
  ['uws-server', 'apps/uws-server/src/main.ts', []],
  ['socketio-server', 'apps/socketio-server/src/main.ts', []],
  [
    'auth-service',
    'apps/auth-service/src/main.ts',
    ['--auth-issuer=http://a', '--auth-audience=b', '--auth-jwks-url=http://a'],
  ],
  ['lua-server', 'apps/lua-server/src/main.ts', []],
  ['bun-server', 'apps/bun-server/src/main.ts', []],
  ['ws-arena-loadgen', 'apps/loadgen/src/main.ts', ['--help']],
] as const)('%s', { timeout: 180_000 }, async ([app, entry, args], { skip }) => {
  const program =
    app === 'bun-server' ? await bunBinary().catch((error: Error) => skip(error.message)) : process.execPath;
  mkdirSync(projectCache, { recursive: true });
  const work = mkdtempSync(join(projectCache, 'image-'));
  try {
    const image = imageOf(app, work);
    const files = readdirSync(image, { recursive: true, encoding: 'utf8' });
    expect(
      files.filter((path) => /\.test\.ts$|\/\.pnpm\/(vitest|typescript|turbo|@biomejs)/.test(path)),
    ).toEqual([]);
    expect(readdirSync(join(image, 'apps'))).toEqual([entry.split('/')[1]]);
    expect(await firstLine(image, program, [entry, ...args])).toBe(
      app === 'ws-arena-loadgen' ? 'pnpm loadgen --url' : 'ready',
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});

/** What the program says first: `ready` for a ready line. It is ended before this resolves. */
async function firstLine(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, WS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let line = '';
  for await (line of createInterface({ input: child.stdout })) break;
  child.kill();
  await ended;
  return parseReadyLine(line) ? 'ready' : line.split(' ').slice(0, 3).join(' ');
}
