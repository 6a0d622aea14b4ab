import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectCache } from './project-cache.ts';

const run = promisify(execFile);

/** Nginx cannot be had on this machine; the message is one sentence that says what to do. */
export class NginxUnavailable extends Error {
  override readonly name = 'NginxUnavailable';
}

/** An Nginx that runs here. */
export interface NginxBinary {
  readonly path: string;
  /** e.g. `1.22.1`. */
  readonly version: string;
  /** The OpenSSL it was built with, e.g. `OpenSSL 3.0.22 25 Aug 2026`; absent without TLS. */
  readonly openssl?: string;
  /** `installed` in the PATH, or `fetched` into the project's cache. */
  readonly source: 'installed' | 'fetched';
  /** Environment that the process needs beside its own: where the fetched shared libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

const WHAT_TO_DO = 'install nginx (for example `apt-get install nginx`, or `brew install nginx`)';
const INSTALLED = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];

let found: Promise<NginxBinary> | undefined;

/**
 * The installed Nginx, else Debian's package fetched into the project's cache (no root needed where apt's lists are
 * there). Looked for once in a process.
 * @throws NginxUnavailable when there is none and none can be fetched.
 */
export function nginxBinary(): Promise<NginxBinary> {
  found ??= find();
  return found;
}

async function find(): Promise<NginxBinary> {
  for (const path of INSTALLED) {
    const binary = await probeNginx(path, 'installed', {});
    if (binary) return binary;
  }
  return fetchedNginx();
}

/** `nginx -V` of `path`, or undefined when that does not run. */
export async function probeNginx(
  path: string,
  source: NginxBinary['source'],
  env: Readonly<Record<string, string>>,
): Promise<NginxBinary | undefined> {
  try {
    const { stderr } = await run(path, ['-V'], { env: { ...process.env, ...env } });
    const version = /nginx version: \S+?\/([\d.]+)/.exec(stderr)?.[1];
    const openssl = /built with (OpenSSL [^(\n]+?)(?: \(|\n)/.exec(stderr)?.[1];
    if (!version) return undefined;
    return { path, version, source, env, ...(openssl ? { openssl } : {}) };
  } catch {
    return undefined;
  }
}

/**
 * Debian's Nginx and other `packages` in `root`, fetched when it is not there yet. Several processes may call this at once: each unpacks
 * into a folder of its own, and the first to rename it wins.
 * @throws NginxUnavailable without apt and dpkg, without the network, or when the binary does not run.
 */
export async function fetchedNginx(
  root = join(projectCache, 'nginx'),
  packages: readonly string[] = ['nginx'],
): Promise<NginxBinary> {
  const current = join(root, 'current');
  const cached = await probeFetched(current);
  if (cached) return cached;
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, 'fetch-'));
  try {
    await download(work, packages);
    await addMissingLibraries(work);
    if (!(await probeFetched(current))) await rm(current, { recursive: true, force: true });
    await rename(join(work, 'x'), current).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } catch (cause) {
    throw new NginxUnavailable(
      `nginx is not installed and could not be fetched (${firstLine(cause)}); ${WHAT_TO_DO}`,
      { cause },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const binary = await probeFetched(current);
  if (binary) return binary;
  throw new NginxUnavailable(`the Nginx fetched to ${current} does not run; ${WHAT_TO_DO}`);
}

async function probeFetched(root: string): Promise<NginxBinary | undefined> {
  return probeNginx(join(root, 'usr/sbin/nginx'), 'fetched', await libraryPath(root));
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

/** The Debian packages of the shared libraries that Nginx may lack on a bare system, by the start of the file's name. */
const libraryPackages: Readonly<Record<string, string>> = {
  'libcrypt.so': 'libcrypt1',
  'libpcre2-8.so': 'libpcre2-8-0',
  'libpcre.so': 'libpcre3',
  'libssl.so.3': 'libssl3',
  'libcrypto.so.3': 'libssl3',
  'libz.so': 'zlib1g',
  'libluajit-5.1.so': 'libluajit2-5.1-2',
};

async function addMissingLibraries(work: string): Promise<void> {
  const modules = join(work, 'x/usr/lib/nginx/modules');
  const files = (await readdir(modules).catch(() => [])).map((name) => join(modules, name));
  const { stdout } = await run('ldd', [join(work, 'x/usr/sbin/nginx'), ...files]);
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

function firstLine(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { stderr?: string };
  if (error.code === 'ENOENT' && error.path) return `no ${error.path} here`;
  return (error.stderr || error.message).trim().split('\n').at(0) ?? 'no reason given';
}
