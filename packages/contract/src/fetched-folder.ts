import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The folder `home`, made by `fill` when it is not there: `fill` gets an empty folder, and returns the one that is to be
 * `home`: the same, or one below it. A fill that fails leaves nothing. Several processes may ask at once: the first to rename its folder wins.
 */
export async function fetchedFolder(home: string, fill: (work: string) => Promise<string>): Promise<string> {
  if (await exists(home)) return home;
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(join(dirname(home), 'fetch-'));
  try {
    await rename(await fill(work), home).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

/** Whether there is a file or folder at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
