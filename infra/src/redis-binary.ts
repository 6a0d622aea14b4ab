import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchedProgram, firstLine } from './debian-packages.ts';
import { projectCache } from './project-cache.ts';

const run = promisify(execFile);

/** Redis cannot be had on this machine; the message is one sentence that says what to do. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

/** A redis-server that runs here. */
export interface RedisBinary {
  readonly path: string;
  /** e.g. `7.0.15`. */
  readonly version: string;
  /** Environment that the process needs beside its own: where the fetched shared libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

let found: Promise<RedisBinary> | undefined;

/**
 * The redis-server in the PATH, else Debian's package fetched into the project's cache. Looked for once in a process.
 * @throws RedisUnavailable when there is none and none can be fetched.
 */
export function redisBinary(): Promise<RedisBinary> {
  found ??= find();
  return found;
}

async function find(): Promise<RedisBinary> {
  return (await probeRedis('redis-server', {})) ?? fetchedRedis();
}

/** `redis-server --version` of `path`, or undefined when that does not run. */
export async function probeRedis(
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<RedisBinary | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { env: { ...process.env, ...env } });
    const version = /^Redis server v=([\d.]+)/.exec(stdout)?.[1];
    return version ? { path, version, env } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Debian's redis-server in `root`, fetched when it is not there yet.
 * @throws RedisUnavailable without apt and dpkg, without the network, or when it does not run.
 */
export async function fetchedRedis(root = join(projectCache, 'redis')): Promise<RedisBinary> {
  // The server is a link to a program of the package redis-tools.
  const at = (below: string) => join(below, 'usr/bin/redis-server');
  try {
    return await fetchedProgram(root, {
      packages: ['redis-server', 'redis-tools'],
      binaries: async (below) => [at(below)],
      probe: (below, env) => probeRedis(at(below), env),
    });
  } catch (cause) {
    throw new RedisUnavailable(
      `redis-server is not installed and could not be fetched (${firstLine(cause)}); install it (for example \`apt-get install redis-server\`)`,
      { cause },
    );
  }
}
