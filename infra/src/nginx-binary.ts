import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchedProgram, firstLine } from './debian-packages.ts';
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
 * Debian's Nginx and other `packages` in `root`, fetched when they are not there yet.
 * @throws NginxUnavailable without apt and dpkg, without the network, or when the binary does not run.
 */
export async function fetchedNginx(
  root = join(projectCache, 'nginx'),
  packages: readonly string[] = ['nginx'],
): Promise<NginxBinary> {
  const binaries = async (below: string) => {
    const modules = join(below, 'usr/lib/nginx/modules');
    const files = (await readdir(modules).catch(() => [])).map((name) => join(modules, name));
    return [join(below, 'usr/sbin/nginx'), ...files];
  };
  const probe = (below: string, env: Readonly<Record<string, string>>) =>
    probeNginx(join(below, 'usr/sbin/nginx'), 'fetched', env);
  try {
    return await fetchedProgram(root, { packages, binaries, probe });
  } catch (cause) {
    throw new NginxUnavailable(
      `nginx is not installed and could not be fetched (${firstLine(cause)}); ${WHAT_TO_DO}`,
      { cause },
    );
  }
}
