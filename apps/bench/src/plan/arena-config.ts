import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { full } from '@ws-arena/contract/capabilities';
import type { Launch, OwnClient, Target } from '@ws-arena/contract/targets';
import * as v from 'valibot';
import { UsageError } from './usage-error.ts';

/** The file that is read from the working directory when no other is named. */
export const DEFAULT_CONFIG = 'arena.config.ts';

const words = v.record(v.string(), v.string());
const address = v.pipe(v.string(), v.regex(/^wss?:\/\//, 'wanted: ws://host:port/path or wss://…'));

const ownTarget = v.strictObject({
  /** What starts it; without one it runs already. */
  command: v.optional(v.array(v.string())),
  /** Where it listens. With a command, `{port}` is a free port, also PORT in its environment. */
  url: address,
  /** Its working directory (that of the config file), and further environment. */
  cwd: v.optional(v.string()),
  env: v.optional(words, {}),
  /** Without a command: its process on this machine, or its Prometheus page, whose CPU and memory are then measured. */
  pid: v.optional(v.pipe(v.number(), v.integer())),
  metrics: v.optional(v.pipe(v.string(), v.url())),
  headers: v.optional(words, {}),
  subprotocols: v.optional(v.array(v.string()), []),
  token: v.optional(v.string()),
  /** Take any certificate; or a PEM file of the only ones to trust. */
  insecure: v.optional(v.boolean(), false),
  ca: v.optional(v.string()),
  /** How it speaks when it is no echo: a ready-made scenario of the load generator, or a file. */
  scenario: v.optional(v.string()),
  params: v.optional(words, {}),
  /** `?room=NAME` in its URL joins a room: what one member sends, every member gets. */
  rooms: v.optional(v.boolean(), false),
});

const schema = v.strictObject({ targets: v.record(v.pipe(v.string(), v.regex(/^[\w-]+$/)), ownTarget) });

/** What `arena.config.ts` exports as its default. */
export type ArenaConfig = v.InferInput<typeof schema>;

/**
 * The targets of a config file; none where no file was named and there is none in the working directory.
 * @param base another checkout of the file's folder: each command is also started there, as NAME-base.
 * @throws UsageError in one sentence for a file that cannot be loaded, or says something else.
 */
export async function ownTargets(file: string | undefined, base?: string): Promise<Target[]> {
  const path = resolve(file ?? DEFAULT_CONFIG);
  if (file === undefined && !existsSync(path)) return [];
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new UsageError(`${path} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  const { issues, output } = v.safeParse(schema, Reflect.get(Object(loaded), 'default'));
  if (issues) {
    const [{ message, path: keys }] = issues;
    const where = keys?.map(({ key }) => String(key)).join('.') ?? 'the default export';
    throw new UsageError(`${path}: ${where}: ${message}`);
  }
  const own = Object.entries(output.targets).map(([name, one]) => targetOf(name, one, dirname(path)));
  return base === undefined ? own : own.flatMap((target) => [...inBase(target, dirname(path), base), target]);
}

/** The same command in another checkout; what is said of the server is that of the config file. */
function inBase(target: Target, folder: string, base: string): Target[] {
  const { launch } = target;
  if (launch.kind !== 'command') return [];
  const cwd = resolve(base, relative(folder, launch.cwd));
  return [{ ...target, name: `${target.name}-base`, launch: { ...launch, cwd } }];
}

function targetOf(name: string, own: v.InferOutput<typeof ownTarget>, folder: string): Target {
  const { command, url, token, ca, scenario } = own;
  const client: OwnClient = {
    headers: own.headers,
    subprotocols: own.subprotocols,
    verify: !own.insecure,
    rooms: own.rooms,
    ...(token !== undefined && { token }),
    ...(ca !== undefined && { ca: resolve(folder, ca) }),
    ...(scenario !== undefined && { scenario: { name: scenarioName(scenario, folder), params: own.params } }),
  };
  return {
    name,
    library: command?.join(' ') ?? url,
    language: 'unknown',
    kind: 'remote',
    launch: launchOf(name, own, folder),
    client,
    capabilities: full,
  };
}

function scenarioName(scenario: string, folder: string): string {
  return /\.[cm]?[jt]s$/.test(scenario) ? resolve(folder, scenario) : scenario;
}

function launchOf(name: string, own: v.InferOutput<typeof ownTarget>, folder: string): Launch {
  const { command, url, cwd = '.', env, pid, metrics } = own;
  if (command === undefined)
    return {
      kind: 'remote',
      url,
      ...(pid !== undefined && { pid }),
      ...(metrics !== undefined && { metricsUrl: metrics }),
    };
  if (pid !== undefined || metrics !== undefined)
    throw new UsageError(
      `${name} has a command, so its CPU and memory are known; wanted: neither pid nor metrics`,
    );
  if (command.length === 0)
    throw new UsageError(`${name} has an empty command; wanted: ['node', 'server.js']`);
  return { kind: 'command', command, url, cwd: resolve(folder, cwd), env };
}
