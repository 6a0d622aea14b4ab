import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'ws-arena-nginx-';

/**
 * A folder of its own for one Nginx, under the system's temporary one. It names the process that made it, so that the
 * next start can take away what a killed one has left.
 */
export async function makeRunPrefix(): Promise<string> {
  await sweepRunPrefixes();
  return mkdtemp(join(tmpdir(), `${NAME}${process.pid}-`));
}

/** Removes the folders of processes that are gone. */
export async function sweepRunPrefixes(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const owner = new RegExp(`^${NAME}(\\d+)-`).exec(entry)?.[1];
    if (owner && !isRunning(Number(owner))) await rm(join(tmpdir(), entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
