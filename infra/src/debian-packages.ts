import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that Debian packages bring, unpacked into a folder: no root is needed where apt's lists are there. */
export interface DebianProgram<Found> {
  readonly packages: readonly string[];
  /** Its files below a folder that need shared libraries. */
  readonly binaries: (root: string) => Promise<readonly string[]>;
  /** What runs below a folder, with the environment that it needs; undefined when nothing does. */
  readonly probe: (root: string, env: Readonly<Record<string, string>>) => Promise<Found | undefined>;
}

/**
 * The program in `root`, fetched when it is not there yet. Several processes may call this at once: each unpacks into a
 * folder of its own, and the first to rename it wins.
 * @throws Error without apt and dpkg, without the network, or when it does not run.
 */
export async function fetchedProgram<Found>(root: string, program: DebianProgram<Found>): Promise<Found> {
  const current = join(root, 'current');
  const probe = async () => program.probe(current, await libraryPath(current));
  const cached = await probe();
  if (cached) return cached;
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, 'fetch-'));
  try {
    await download(work, program.packages);
    await addMissingLibraries(work, await program.binaries(join(work, 'x')));
    if (!(await probe())) await rm(current, { recursive: true, force: true });
    await rename(join(work, 'x'), current).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const found = await probe();
  if (found) return found;
  throw new Error(`what was fetched to ${current} does not run`);
}

/** Downloads Debian packages and unpacks them into `work`/x. */
async function download(work: string, packages: readonly string[]): Promise<void> {
  // apt drops root for the download and must be able to write here.
  await chmod(work, 0o777);
  const get = () => run('apt-get', ['download', ...packages], { cwd: work });
  try {
    await get();
  } catch (cause) {
    // Without lists apt knows no package; only root can make them.
    if (process.getuid?.() !== 0) throw cause;
    await run('apt-get', ['update']);
    await get();
  }
  for (const file of await readdir(work)) {
    if (!file.endsWith('.deb')) continue;
    await run('dpkg-deb', ['-x', join(work, file), join(work, 'x')]);
    await rm(join(work, file));
  }
}

/** The Debian packages of the shared libraries that a bare system may lack, by the start of the file's name. */
const libraryPackages: Readonly<Record<string, string>> = {
  'libatomic.so': 'libatomic1',
  'libcrypt.so': 'libcrypt1',
  'libjemalloc.so.2': 'libjemalloc2',
  'liblzf.so': 'liblzf1',
  'libpcre2-8.so': 'libpcre2-8-0',
  'libpcre.so': 'libpcre3',
  'libssl.so.3': 'libssl3',
  'libcrypto.so.3': 'libssl3',
  'libsystemd.so': 'libsystemd0',
  'libz.so': 'zlib1g',
  'libluajit-5.1.so': 'libluajit2-5.1-2',
};

async function addMissingLibraries(work: string, binaries: readonly string[]): Promise<void> {
  const { stdout } = await run('ldd', [...binaries]);
  const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name!);
  const packages = missing.map((name) => {
    const known = Object.entries(libraryPackages).find(([start]) => name.startsWith(start));
    if (!known) throw new Error(`it needs ${name}, which no known Debian package holds`);
    return known[1];
  });
  if (packages.length > 0) await download(work, [...new Set(packages)]);
}

async function libraryPath(root: string): Promise<Record<string, string>> {
  const folders = new Set<string>();
  for (const base of ['lib', 'usr/lib']) {
    const names = await readdir(join(root, base), { recursive: true }).catch(() => []);
    for (const name of names) if (/\.so(\.|$)/.test(name)) folders.add(dirname(join(root, base, name)));
  }
  return folders.size > 0 ? { LD_LIBRARY_PATH: [...folders].join(':') } : {};
}

/** The first line of what a command said, or of an error's message. */
export function firstLine(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { stderr?: string };
  if (error.code === 'ENOENT' && error.path) return `no ${error.path} here`;
  return (error.stderr || error.message).trim().split('\n').at(0) ?? 'no reason given';
}
