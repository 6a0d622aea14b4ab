import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, isFree } from './free-port.ts';
import { keycloakHome } from './keycloak-dist.ts';
import type { Ended } from './nginx-process.ts';
import { signalGroup, spawnGuard } from './process-group.ts';
import { projectRoot } from './project-cache.ts';

/** The realm that this project's Keycloak holds: its clients, roles and users, by the file in the repository. */
export const realmFile = join(projectRoot, 'infra/keycloak/ws-arena-realm.json');

/** A Keycloak that serves the realm `ws-arena`. */
export interface Keycloak {
  /** `http://host:port`. */
  readonly url: string;
  /** What its tokens name as `iss`. */
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly jwksUrl: string;
  readonly introspectionUrl: string;
  /** Resolves when it has ended, however it ended. */
  readonly exited: Promise<Ended>;
  /** SIGTERM, then SIGKILL after 10 s. */
  stop(): Promise<void>;
}

/** How to start it. */
export interface KeycloakOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** What it imports; default the repository's. */
  readonly realmFile?: string;
  readonly startTimeoutMs?: number;
}

const HOST = '127.0.0.1';
const START_PATIENCE_MS = 180_000;
const STOP_PATIENCE_MS = 10_000;
/** A line that says why it did not start; the last one is the cause of those before. */
const TROUBLE = /\bERROR: (.*)$/;

/**
 * Starts Keycloak with the realm of `realmFile` and a database in memory: what it learns is forgotten at its end. It
 * listens on 127.0.0.1 alone, and ends with this process, however this process ends.
 * @throws JavaProgramUnavailable without a JDK; Error when the port is taken, the realm is wrong, or it takes too long.
 */
export async function startKeycloak(options: KeycloakOptions = {}): Promise<Keycloak> {
  const port = options.port ?? (await freePort(HOST));
  if (!(await isFree(HOST, port))) throw new Error(`Keycloak cannot start: port ${port} of ${HOST} is taken`);
  const file = options.realmFile ?? realmFile;
  const realm = await realmIn(file);
  const home = await keycloakHome();
  const folder = join(home, 'data/import');
  await mkdir(folder, { recursive: true });
  await copyFile(file, join(folder, 'ws-arena-realm.json'));
  const url = `http://${HOST}:${port}`;
  const child = spawn(
    'bash',
    [
      join(home, 'bin/kc.sh'),
      ...['start', '--optimized', '--import-realm', '--cache=local', '--http-enabled=true'],
      ...[`--http-host=${HOST}`, `--http-port=${port}`, `--hostname=${url}`],
    ],
    {
      env: { ...process.env, JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  const group = child.pid ?? -1;
  const guard = spawnGuard(group);
  const exited = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      guard.kill('SIGKILL');
      resolve({ code, signal });
    });
  });
  const stop = async () => {
    signalGroup(group, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(group, 'SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await listening(child, exited, options.startTimeoutMs ?? START_PATIENCE_MS);
  } catch (cause) {
    await stop();
    throw new Error(`Keycloak did not start on port ${port}: ${(cause as Error).message}`, { cause });
  }
  const issuer = `${url}/realms/${realm}`;
  const endpoint = `${issuer}/protocol/openid-connect`;
  return {
    url,
    issuer,
    tokenUrl: `${endpoint}/token`,
    jwksUrl: `${endpoint}/certs`,
    introspectionUrl: `${endpoint}/token/introspect`,
    exited,
    stop,
  };
}

function listening(child: ChildProcess, exited: Promise<Ended>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let trouble = 'no word of why';
    const timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms`)), timeoutMs);
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on('line', (line) => {
        const [, said] = TROUBLE.exec(line) ?? [];
        if (said !== undefined) trouble = said;
        if (!line.includes('Listening on:')) return;
        clearTimeout(timer);
        resolve();
      });
    }
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(new Error(`${trouble} (${signal ?? `exit code ${code}`})`));
    });
  });
}

/** The name of the realm in a file. @throws Error when that cannot be read, or holds none. */
async function realmIn(file: string): Promise<string> {
  try {
    const { realm } = JSON.parse(await readFile(file, 'utf8')) as { realm?: unknown };
    if (typeof realm !== 'string') throw new Error('it has no "realm"');
    return realm;
  } catch (cause) {
    throw new Error(`the realm file ${file} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
