import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

/** What a registry, and the installed package, say of one library. */
export interface RegistryFacts {
  readonly library: string;
  /** Installed here; of Go modules unknown. */
  readonly installed?: string;
  readonly newest?: string;
  /** Day of the newest release. */
  readonly released?: string;
  readonly licence?: string;
  readonly weeklyDownloads?: number;
  readonly installBytes?: number;
  /** Scripts that run on install: `none`, or their names. */
  readonly installScripts?: string;
  /** Native binaries in the package: system, libc where it is named, Node.js. */
  readonly binaries?: readonly string[];
  /** Why the registry could not be asked. One clause. */
  readonly error?: string;
}

const run = promisify(execFile);
const TIMEOUT_MS = 20_000;

interface NpmView {
  readonly version: string;
  readonly license?: string;
  readonly time?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Asks npm's registry, by the npm that is installed, and looks at the package in `folder`. */
export async function npmFacts(library: string, name: string, folder: string): Promise<RegistryFacts> {
  const own = installedFacts(library, folder);
  try {
    const { stdout } = await run('npm', ['view', name, '--json'], {
      timeout: TIMEOUT_MS,
      maxBuffer: 2 ** 26,
    });
    const view: NpmView = JSON.parse(stdout);
    const released = view.time?.[view.version]?.slice(0, 10);
    return {
      ...own,
      newest: view.version,
      ...(released !== undefined && { released }),
      ...(view.license !== undefined && { licence: view.license }),
      installScripts: installScripts(view.scripts),
      ...(await weeklyDownloads(name)),
    };
  } catch (error) {
    return { ...own, error: `npm view ${name}: ${firstLine(error)}` };
  }
}

/** Asks the module proxy, by the Go that is installed. */
export async function goFacts(module: string): Promise<RegistryFacts> {
  try {
    const { stdout } = await run('go', ['list', '-m', '-json', `${module}@latest`], {
      cwd: '/',
      timeout: TIMEOUT_MS,
    });
    const { Version, Time }: { Version: string; Time?: string } = JSON.parse(stdout);
    return { library: module, newest: Version, ...(Time !== undefined && { released: Time.slice(0, 10) }) };
  } catch (error) {
    return { library: module, error: `go list ${module}: ${firstLine(error)}` };
  }
}

/** npm counts downloads at another address than packages; where that is out of reach they are unknown. */
async function weeklyDownloads(name: string): Promise<Pick<RegistryFacts, 'weeklyDownloads'>> {
  const url = `https://api.npmjs.org/downloads/point/last-week/${name}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  if (!answer?.ok) return {};
  const { downloads } = (await answer.json()) as { downloads: number };
  return { weeklyDownloads: downloads };
}

function installedFacts(library: string, folder: string): RegistryFacts {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = globSync('**', { cwd: folder, exclude: (name) => name === 'node_modules' });
  const sizes = files.map((file) => statSync(join(folder, file))).filter((one) => one.isFile());
  return {
    library,
    installed: version,
    installBytes: sizes.reduce((sum, { size }) => sum + size, 0),
    binaries: binariesOf(
      files.filter((file) => file.endsWith('.node')),
      (file) => readFileSync(join(folder, file), 'latin1'),
    ),
  };
}

/** The scripts of a package that run when it is installed. */
export function installScripts(scripts: Readonly<Record<string, string>> = {}): string {
  return ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts).join(', ') || 'none';
}

/** Node.js by the number of its module ABI (nodejs.org/en/about/previous-releases). */
const nodeOf: Readonly<Record<string, string>> = {
  108: '18',
  115: '20',
  120: '21',
  127: '22',
  131: '23',
  137: '24',
};

/** Files as `uws_linux_x64_127.node` in words: `linux x64: Node.js 20, 22, glibc 2.27`. @param bytes what a file holds. */
export function binariesOf(files: readonly string[], bytes: (file: string) => string): string[] {
  const known = files.flatMap((file) => {
    const part = /^[a-z]+_(\w+?)_(\w+?)_(\d+)\.node$/.exec(basename(file));
    return part ? [{ file, on: `${part[1]} ${part[2]}`, abi: part[3]! }] : [];
  });
  return [...Map.groupBy(known, ({ on }) => on)]
    .map(([on, own]) => {
      const nodes = own.map(({ abi }) => nodeOf[abi] ?? `ABI ${abi}`).sort();
      const libc = newestGlibc(own.map(({ file }) => bytes(file)).join(' '));
      return `${on}: Node.js ${nodes.join(', ')}${libc ? `, glibc ${libc}` : ''}`;
    })
    .sort();
}

/** The newest version of glibc that a binary asks for; undefined where it asks for none. */
function newestGlibc(bytes: string): string | undefined {
  const minors = [...bytes.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  return minors.length === 0 ? undefined : `2.${minors.reduce((a, b) => Math.max(a, b))}`;
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n')[0] ?? '';
}
