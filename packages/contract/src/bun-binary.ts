import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchedFolder } from './fetched-folder.ts';
import { cacheDir } from './repo-root.ts';
import { TargetUnavailable } from './target-unavailable.ts';

const run = promisify(execFile);

/** The version that is fetched where no `bun` is installed. */
const VERSION = '1.4.5';

let found: Promise<string> | undefined;

/**
 * The `bun` in the PATH, if it is of 1.4 or later, else npm's package of it fetched into the project's cache. Looked for once in a process.
 * @throws TargetUnavailable when there is none and none can be fetched.
 */
export function bunBinary(): Promise<string> {
  found ??= bunIn('bun', join(cacheDir, 'bun'));
  return found;
}

/** The installed one, if it will do, else the one in `root`. */
export async function bunIn(installed: string, root: string): Promise<string> {
  return (await runs(installed)) ? installed : fetchedBun(root);
}

/**
 * Bun in `root`, fetched when it is not there yet.
 * @throws TargetUnavailable without npm or the network, or when it does not run.
 */
export async function fetchedBun(root: string): Promise<string> {
  const name = await packageName();
  const current = join(root, VERSION);
  const bun = join(current, 'node_modules', name, 'bin/bun');
  if (await runs(bun)) return bun;
  const npm = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${VERSION}`];
  await fetchedFolder(current, async (work) => {
    await run('npm', [...npm, '--prefix', work]);
    return work;
  }).catch((cause: unknown) => {
    throw unavailable('could not be fetched from npm', cause);
  });
  if (await runs(bun)) return bun;
  throw unavailable(`what npm has for ${process.platform} ${process.arch} does not run here`);
}

function unavailable(why: string, cause?: unknown): TargetUnavailable {
  const said = cause instanceof Error ? ` (${cause.message.split('\n')[0]})` : '';
  return new TargetUnavailable(`bun is not installed, and ${why}${said}; install it from https://bun.sh`, {
    cause,
  });
}

/** Whether it runs, and is no older than what the server needs: `pause` of a WebSocket is of 1.4. */
async function runs(path: string): Promise<boolean> {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '0.0' }));
  const [major = 0, minor = 0] = stdout.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 4);
}

/** The package with the binary for this machine; a processor without AVX2 takes `baseline`. */
async function packageName(): Promise<string> {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const cpu = await readFile('/proc/cpuinfo', 'utf8').catch(() => 'avx2');
  const kind = arch === 'x64' && !/\bavx2\b/.test(cpu) ? '-baseline' : '';
  return `@oven/bun-${process.platform}-${arch}${kind}`;
}
