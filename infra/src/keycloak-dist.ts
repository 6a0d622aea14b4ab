import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectCache } from './project-cache.ts';

const run = promisify(execFile);

/** The release that is fetched; compose.yaml names the same. */
export const keycloakVersion = '26.7.3';

/** Keycloak cannot be had on this machine; the message is one sentence that says what to do. */
export class KeycloakUnavailable extends Error {
  override readonly name = 'KeycloakUnavailable';
}

const OLDEST_JAVA = 17;
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`;
/** A registry that does not answer is one that is not there. */
const FETCH_TIMEOUT_MS = 600_000;

/** What is built into the distribution once, so that each start is shorter: a database in memory, and no cluster. */
const BUILD = ['build', '--db=dev-mem', '--cache=local'];

/**
 * The folder of a Keycloak that is ready to start: fetched from Maven Central by Maven, and built, when it is not in
 * `root` yet. Several processes may ask at once: the first to rename its folder wins.
 * @throws KeycloakUnavailable without a JDK, without Maven, or without the network.
 */
export async function keycloakHome(root = join(projectCache, 'keycloak')): Promise<string> {
  await requireJava();
  const home = join(root, keycloakVersion);
  if (await exists(home)) return home;
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, 'fetch-'));
  try {
    const dist = join(work, 'dist');
    const unpack = ['dependency:unpack', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${dist}`];
    // Maven leaves a folder of marks where it runs.
    await run('mvn', ['--quiet', '--batch-mode', ...unpack], { timeout: FETCH_TIMEOUT_MS, cwd: work });
    const [folder] = await readdir(dist);
    if (!folder) throw new Error(`${ARTIFACT} is empty`);
    await run('bash', [join(dist, folder, 'bin/kc.sh'), ...BUILD], { timeout: FETCH_TIMEOUT_MS });
    await rename(join(dist, folder), home).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } catch (cause) {
    throw new KeycloakUnavailable(
      `Keycloak ${keycloakVersion} could not be fetched (${reason(cause)}); it comes from Maven Central by \`mvn\``,
      { cause },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

async function requireJava(): Promise<void> {
  const whatToDo = `Keycloak needs a JDK ${OLDEST_JAVA} or later in the PATH (for example \`apt-get install openjdk-17-jdk-headless\`)`;
  let said: string;
  try {
    ({ stderr: said } = await run('java', ['-version']));
  } catch (cause) {
    throw new KeycloakUnavailable(`${whatToDo}, and there is none`, { cause });
  }
  const version = /version "([^"]+)"/.exec(said)?.[1] ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= OLDEST_JAVA))
    throw new KeycloakUnavailable(`${whatToDo}, and the one here is ${version}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function reason(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { stderr?: string; stdout?: string };
  if (error.code === 'ENOENT') return `no ${error.path ?? 'program'} here`;
  const said = `${error.stderr ?? ''}\n${error.stdout ?? ''}`.split('\n').find((line) => /ERROR/.test(line));
  return said?.trim() ?? error.message.split('\n')[0]!;
}
