import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchedFolder } from '@ws-arena/contract/fetched-folder';
import { projectCache } from './project-cache.ts';

const run = promisify(execFile);

/** A program for the JVM that Maven Central has. */
export interface JavaProgram {
  readonly name: string;
  readonly version: string;
  /** Fills `work` from Maven Central, and returns the folder below it that holds the program. */
  readonly fetch: (work: string) => Promise<string>;
}

/** A Java program cannot be had on this machine; the message is one sentence that says what to do. */
export class JavaProgramUnavailable extends Error {
  override readonly name = 'JavaProgramUnavailable';
}

const OLDEST_JAVA = 17;
/** A registry that does not answer is one that is not there. */
export const FETCH_TIMEOUT_MS = 600_000;

/** Where the program is, or will be, in the project's cache. */
export function programHome({ name, version }: JavaProgram, root = projectCache): string {
  return join(root, name.toLowerCase(), version);
}

/**
 * The folder of the program, fetched when it is not there yet.
 * @param root the cache.
 * @throws JavaProgramUnavailable without a JDK, without Maven, or without the network.
 */
export async function javaProgram(program: JavaProgram, root?: string): Promise<string> {
  const { name, version } = program;
  await requireJava(name);
  try {
    return await fetchedFolder(programHome(program, root), program.fetch);
  } catch (cause) {
    throw new JavaProgramUnavailable(
      `${name} ${version} could not be fetched (${reason(cause)}); it comes from Maven Central by \`mvn\``,
      { cause },
    );
  }
}

/** Runs Maven in `work`, where it leaves marks. */
export async function maven(work: string, ...words: readonly string[]): Promise<void> {
  await run('mvn', ['--quiet', '--batch-mode', ...words], { timeout: FETCH_TIMEOUT_MS, cwd: work });
}

/** Unpacks an archive of Maven Central, such as `group:artifact:version:zip`; returns the one folder in it. */
export async function unpacked(work: string, artifact: string): Promise<string> {
  const dist = join(work, 'dist');
  await maven(work, 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${dist}`);
  const [folder] = await readdir(dist);
  if (!folder) throw new Error(`${artifact} is empty`);
  return join(dist, folder);
}

async function requireJava(name: string): Promise<void> {
  const whatToDo = `${name} needs a JDK ${OLDEST_JAVA} or later in the PATH (for example \`apt-get install openjdk-17-jdk-headless\`)`;
  let said: string;
  try {
    ({ stderr: said } = await run('java', ['-version']));
  } catch (cause) {
    throw new JavaProgramUnavailable(`${whatToDo}, and there is none`, { cause });
  }
  const version = /version "([^"]+)"/.exec(said)?.[1] ?? 'unknown';
  if (!(Number.parseInt(version, 10) >= OLDEST_JAVA))
    throw new JavaProgramUnavailable(`${whatToDo}, and the one here is ${version}`);
}

function reason(cause: unknown): string {
  const error = cause as NodeJS.ErrnoException & { stderr?: string; stdout?: string };
  if (error.code === 'ENOENT') return `no ${error.path ?? 'program'} here`;
  const said = `${error.stderr ?? ''}\n${error.stdout ?? ''}`.split('\n').find((line) => /ERROR/.test(line));
  return said?.trim() ?? error.message.split('\n')[0]!;
}
