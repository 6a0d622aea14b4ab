import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir, repoRoot } from './repo-root.ts';
import { TargetUnavailable } from './target-unavailable.ts';

const run = promisify(execFile);
const moduleDir = join(repoRoot, 'baselines/go');

let building: Promise<string> | undefined;

/**
 * The path of the built Go baseline `command`; builds all of them once per state of their sources.
 * @throws TargetUnavailable when there is no Go toolchain, or the build fails.
 */
export async function goBinary(command: string): Promise<string> {
  building ??= build();
  return join(await building, command);
}

async function build(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(moduleDir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.go$|go\.(mod|sum)$/.test(file)) hash.update(file).update(readFileSync(join(moduleDir, file)));
  }
  const out = join(cacheDir, 'go', hash.digest('hex').slice(0, 16));
  if (existsSync(join(out, '.built'))) return out;
  try {
    await run('go', ['version']);
  } catch (cause) {
    throw new TargetUnavailable(
      'the Go baselines need a Go toolchain (go 1.26 or later), and none is in the PATH',
      { cause },
    );
  }
  try {
    await run('go', ['build', '-trimpath', '-o', `${out}/`, './cmd/...'], { cwd: moduleDir });
    await run('touch', [join(out, '.built')]);
  } catch (cause) {
    throw new TargetUnavailable(`the Go baselines did not build: ${(cause as Error).message}`, { cause });
  }
  return out;
}
