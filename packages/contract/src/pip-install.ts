import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { cacheDir } from './repo-root.ts';

const run = promisify(execFile);
/** A registry that does not answer is one that is not there. */
const TIMEOUT_MS = 300_000;

/**
 * Installs `requirement` for `python` into the folder `site` of the project's cache, which is there only when all of it is.
 * @throws Error with the last line that pip said.
 */
export async function pipInstall(
  python: string,
  requirement: string,
  site: string,
  ...flags: readonly string[]
): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(`${site}-`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', ...flags, '--target', work, requirement];
  try {
    await run(python, pip, { timeout: TIMEOUT_MS });
    await rename(work, site);
  } catch (cause) {
    throw new Error((cause as Error).message.trim().split('\n').at(-1), { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
