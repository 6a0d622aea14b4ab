import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fetchedFolder } from './fetched-folder.ts';

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
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', ...flags];
  await fetchedFolder(site, async (work) => {
    await run(python, [...pip, '--target', work, requirement], { timeout: TIMEOUT_MS });
    return work;
  }).catch((cause: Error) => {
    throw new Error(cause.message.trim().split('\n').at(-1), { cause });
  });
}
