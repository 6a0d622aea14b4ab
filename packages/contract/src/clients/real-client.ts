import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { bunBinary } from '../bun-binary.ts';
import { commandPrefix } from '../command-prefix.ts';
import { pipInstall } from '../pip-install.ts';
import { cacheDir } from '../repo-root.ts';

const run = promisify(execFile);

/** A client cannot be had on this machine; the message says why. */
export class ClientMissing extends Error {
  override readonly name = 'ClientMissing';
}

/** How a client's program is started. */
export interface ClientCommand {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A WebSocket client that others wrote, as a program that reads tasks from stdin and prints what it saw. */
export interface RealClient {
  readonly name: string;
  readonly offersDeflate: boolean;
  /** Whether its interface lets a program send a ping. */
  readonly pings: boolean;
  /** @throws ClientMissing */
  readonly find: () => Promise<ClientCommand>;
}

/** One message on a connection of its own. */
export interface ClientTask {
  readonly url: string;
  readonly kind: 'text' | 'binary';
  readonly data: Buffer;
}

/** What a client saw on a connection. */
export interface Sighting {
  /** Whether the message came back, as it was sent. */
  readonly echo: 'same' | 'other' | 'none';
  readonly pong: 'pong' | 'none' | 'n/a';
  readonly closeCode: number;
  readonly agreed: 'deflate' | 'plain';
}

const program = (name: string) => join(import.meta.dirname, 'programs', name);

/** Compiles the program in half the time. */
const QUICK_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** The clients of the test, those that are not here included. */
export const realClients: readonly RealClient[] = [
  {
    name: 'Node.js',
    offersDeflate: true,
    pings: false,
    find: async () => ({ words: [process.execPath, program('web-socket-api.ts')] }),
  },
  {
    name: 'Bun',
    offersDeflate: true,
    pings: true,
    find: async () => {
      const bun = await bunBinary().catch((cause: Error) => {
        throw new ClientMissing(cause.message, { cause });
      });
      return { words: [bun, program('web-socket-api.ts')] };
    },
  },
  {
    name: 'Chromium',
    offersDeflate: true,
    pings: false,
    find: async () => ({ words: [process.execPath, program('chromium.ts'), chromiumPath()] }),
  },
  {
    name: 'java.net.http',
    offersDeflate: false,
    pings: true,
    find: async () => ({ words: [...(await javaLauncher()), program('JavaClient.java')] }),
  },
  python('websockets'),
  python('aiohttp'),
];

/**
 * Runs `tasks` one after the other in one process of the client.
 * @throws Error with what the client said when it did not answer all of them.
 */
export async function sightings(
  { words, env }: ClientCommand,
  tasks: readonly ClientTask[],
): Promise<Sighting[]> {
  const [command, ...args] = [...commandPrefix(), ...words];
  const child = spawn(command!, args, { env: { ...process.env, ...env } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  child.stdin.on('error', () => {});
  child.stdin.end(
    tasks.map(({ url, kind, data }) => `${url}\t${kind}\t${data.toString('base64')}\n`).join(''),
  );
  const seen: Sighting[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [echo, pong, code, agreed] = line.split('\t');
    seen.push({ echo, pong, closeCode: Number(code), agreed } as Sighting);
  }
  if (seen.length !== tasks.length) {
    throw new Error(`${words.join(' ')} answered ${seen.length} of ${tasks.length} tasks: ${said}`);
  }
  return seen;
}

/** What `command` prints. @throws ClientMissing when it is not installed. */
async function said(command: string, ...args: readonly string[]): Promise<string> {
  const answer = run(command, args).catch((cause: unknown) => {
    throw new ClientMissing(`${command} is not in the PATH`, { cause });
  });
  return (await answer).stdout;
}

/** The words before a program of one source file. */
async function javaLauncher(): Promise<string[]> {
  const modules = await said('java', '--list-modules');
  if (!modules.includes('jdk.compiler'))
    throw new ClientMissing('the Java in the PATH is no JDK of 11 or later');
  return ['java', ...QUICK_START];
}

function chromiumPath(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const paths = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const path = paths.find(isExecutable);
  if (path !== undefined) return path;
  throw new ClientMissing(`there is no ${names.join(', ')} in the PATH`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The registry's packages that the Python programs import; as installed, else fetched into the project's cache. */
const PACKAGES = { websockets: 'websockets==17.4', aiohttp: 'aiohttp==3.14.5' } as const;

function python(library: keyof typeof PACKAGES): RealClient {
  return {
    name: `Python's ${library}`,
    offersDeflate: true,
    pings: true,
    find: async () => {
      const version = (await said('python3', '--version')).trim().replace(' ', '-');
      const site = join(cacheDir, `${version}-${PACKAGES[library]}`);
      const requirement = PACKAGES[library];
      await pipInstall('python3', requirement, site, '--only-binary=:all:').catch((cause: Error) => {
        throw new ClientMissing(`${requirement} could not be had from PyPI (${cause.message})`, { cause });
      });
      return { words: ['python3', program(`${library}_client.py`)], env: { PYTHONPATH: site } };
    },
  };
}
