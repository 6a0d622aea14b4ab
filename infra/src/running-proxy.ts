import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ServerConfig } from '@ws-arena/config/options';
import type { Routing } from './balance-method.ts';
import { freePort, portsAtOnce } from './free-port.ts';
import { readMachine } from './machine-reading.ts';
import { type NginxBinary, nginxBinary } from './nginx-binary.ts';
import { type NginxConfigOptions, nginxConfig, type TlsOptions } from './nginx-config.ts';
import { nginxWithModules } from './nginx-modules.ts';
import { type Ended, type NginxProcess, spawnNginx } from './nginx-process.ts';
import { projectRoot } from './project-cache.ts';
import { makeRunPrefix } from './run-prefix.ts';
import { fetchStubStatus, type StubStatus } from './stub-status.ts';
import { keepsAnswers, type TokenChecker } from './token-checker.ts';
import { sizeWorkers } from './worker-sizing.ts';

/** An auth service at `host:port`, or a script in Nginx. */
export type Checker =
  | { readonly kind: 'auth-service'; readonly address: string }
  | { readonly kind: 'njs' | 'lua' };

/** How to start a proxy. */
export interface ProxyOptions {
  readonly config: ServerConfig;
  /** `host:port` or `unix:/path` of each instance. */
  readonly upstreams: readonly string[];
  /** Default round-robin. */
  readonly method?: Routing;
  readonly hashKey?: string;
  readonly tls?: TlsOptions;
  /** Who checks tokens, by the `auth*` settings of the config; absent leaves it to the servers. */
  readonly tokenChecker?: Checker;
  /** Address to listen on, default 127.0.0.1; the ports are chosen. */
  readonly address?: string;
  /** Listening ports; several, where the ports of one client address would run out. Default 1. */
  readonly ports?: number;
  /** Clients expected at the same time: workers and descriptors are made for them. Default 1000. */
  readonly connections?: number;
  /** CPUs it may run on, as `taskset -c` takes them; absent leaves it unpinned. */
  readonly cpus?: string;
  /** Workers, instead of one for each CPU. */
  readonly workers?: number;
  readonly workerShutdownTimeoutMs?: number;
  /** After so many refused connections an instance is left out. Default 0: it never is. */
  readonly maxFails?: number;
  /** Bytes that Nginx passes on at once in each direction. */
  readonly bufferBytes?: number;
  /** Changes the rendered text: an experiment with a directive that this project sets otherwise. */
  readonly rewrite?: (text: string) => string;
  /** Another Nginx than `nginxBinary()`. */
  readonly binary?: NginxBinary;
  /** Milliseconds to wait until it serves. */
  readonly startTimeoutMs?: number;
}

/** An Nginx that serves. */
export interface RunningProxy {
  /** Of the master. */
  readonly pid: number;
  /** Master and workers that run now, those that a reload left to their connections included. */
  pids(): number[];
  readonly port: number;
  /** All listening ports; `port` is the first. */
  readonly ports: readonly number[];
  /** `ws://` or `wss://`, with the path of the config. */
  readonly url: string;
  /** `http://` or `https://`, without a path. */
  readonly httpUrl: string;
  /** Nginx's version, e.g. `1.22.1`. */
  readonly version: string;
  readonly workers: number;
  /** The text of nginx.conf that it started with. */
  readonly config: string;
  readonly stubStatus: () => Promise<StubStatus>;
  /** SIGHUP, with other settings where given (ports and TLS stay); resolves when the new workers alone accept. */
  reload(changes?: Partial<Pick<ProxyOptions, 'upstreams' | 'method' | 'hashKey'>>): Promise<void>;
  /** SIGTERM: connections are cut at once; then SIGKILL after 5 s. Resolves when all its processes have ended. */
  stop(): Promise<void>;
  /** SIGKILL to master and workers. */
  kill(): Promise<void>;
  /** Resolves when the master has ended, however it ended. */
  readonly exited: Promise<Ended>;
  /** The last lines that it logged. */
  stderr(): string;
}

const PORT_TRIES = 3;

/**
 * Starts Nginx before `upstreams`, in the foreground and in a folder of its own under the system's temporary one.
 * It ends with this process, however this process ends.
 * @throws NginxUnavailable when there is no Nginx; Error with what it logged when it did not start.
 */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      const taken = /Address already in use/.test((error as Error).message);
      if (!taken || attempt === PORT_TRIES) throw error;
    }
  }
}

async function startOnce(options: ProxyOptions): Promise<RunningProxy> {
  const { binary, tokenChecker } = await binaryFor(options);
  const address = options.address ?? '127.0.0.1';
  const ports = await Promise.all(Array.from({ length: options.ports ?? 1 }, () => freePort(address)));
  const statusPort = await freePort('127.0.0.1');
  const rendered = {
    ...configOptions(options, address, ports, statusPort),
    ...(tokenChecker ? { tokenChecker } : {}),
  };
  const prefix = await makeRunPrefix();
  await mkdir(join(prefix, 'temp'));
  const file = join(prefix, 'nginx.conf');
  const render = (changes = {}) =>
    rewritten(nginxConfig(options.config, { ...rendered, ...changes }), options);
  const config = render();
  await writeFile(file, config);
  let nginx: NginxProcess;
  try {
    nginx = await spawnNginx({
      binary,
      prefix,
      workers: Number(rendered.workerProcesses),
      startTimeoutMs: options.startTimeoutMs ?? 15_000,
      ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
    });
  } catch (error) {
    await rm(prefix, { recursive: true, force: true });
    throw error;
  }
  const exited = nginx.exited.then(async (ended) => {
    await rm(prefix, { recursive: true, force: true });
    return ended;
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    await nginx.end(signal);
    await exited;
  };
  const statusUrl = `http://127.0.0.1:${statusPort}/status`;
  const secure = options.tls ? 's' : '';
  return {
    pid: nginx.pid,
    pids: nginx.pids,
    port: ports[0]!,
    ports,
    url: `ws${secure}://${address}:${ports[0]}${options.config.path}`,
    httpUrl: `http${secure}://${address}:${ports[0]}`,
    version: binary.version,
    workers: Number(rendered.workerProcesses),
    config,
    stubStatus: () => fetchStubStatus(statusUrl),
    reload: async (changes = {}) => {
      await writeFile(file, render(changes));
      await nginx.reload();
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    exited,
    stderr: nginx.stderr,
  };
}

const scripts = join(projectRoot, 'infra/nginx');

/** @throws Error when the change finds nothing to change: the experiment would be one with our own config. */
function rewritten(text: string, { rewrite }: ProxyOptions): string {
  if (!rewrite) return text;
  const changed = rewrite(text);
  if (changed === text) throw new Error('the change found nothing to change in the rendered config');
  return changed;
}

/** The Nginx that has what a checker needs, and what its config is rendered from. */
async function binaryFor({
  binary: given,
  tokenChecker: checker,
}: ProxyOptions): Promise<{ readonly binary: NginxBinary; readonly tokenChecker?: TokenChecker }> {
  if (!checker) return { binary: given ?? (await nginxBinary()) };
  if (checker.kind === 'auth-service') return { binary: await nginxBinary(), tokenChecker: checker };
  const binary = await nginxWithModules();
  return { binary, tokenChecker: { kind: checker.kind, modules: binary.modules, scripts } };
}

function configOptions(
  o: ProxyOptions,
  address: string,
  ports: readonly number[],
  statusPort: number,
): NginxConfigOptions {
  const { descriptors, localPortRange } = readMachine();
  const listeners = ports.length + 1;
  const sizing = sizeWorkers({
    connections: o.connections ?? 1000,
    descriptors,
    cpus: o.workers ?? cpuCount(o.cpus),
    ports: portsAtOnce(localPortRange),
    upstreams: o.upstreams.length,
    listeners,
    filesPerSocket: o.tokenChecker?.kind === 'auth-service' && keepsAnswers(o.config) ? 1 : 0,
  });
  return {
    variant: 'run',
    upstreams: o.upstreams,
    method: o.method ?? 'round-robin',
    listen: ports.map((port) => `${address}:${port}`),
    stubStatus: `127.0.0.1:${statusPort}`,
    workerProcesses: sizing.workerProcesses,
    workerConnections: sizing.workerConnections,
    descriptors: sizing.descriptors,
    ...(sizing.sourceAddresses > 1 ? { proxyBind: loopbackAddresses(sizing.sourceAddresses) } : {}),
    ...(o.hashKey === undefined ? {} : { hashKey: o.hashKey }),
    ...(o.tls === undefined ? {} : { tls: o.tls }),
    ...(o.maxFails === undefined ? {} : { maxFails: o.maxFails }),
    ...(o.bufferBytes === undefined ? {} : { bufferBytes: o.bufferBytes }),
    ...(o.workerShutdownTimeoutMs === undefined
      ? {}
      : { workerShutdownTimeoutMs: o.workerShutdownTimeoutMs }),
    // As root Nginx would give its workers to an account that may not exist here, and that may not read this folder.
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
  };
}

/** Addresses of the loopback net for the way to the upstreams, apart from those that the generator uses. */
function loopbackAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `127.200.${Math.floor(i / 250)}.${(i % 250) + 1}`);
}

/** How many CPUs a `taskset -c` list such as `0,2-3` names. */
export function cpuCount(cpus: string | undefined): number {
  if (cpus === undefined) return availableParallelism();
  return cpus
    .split(',')
    .map((part) => part.split('-').map(Number))
    .reduce((sum, [from, to]) => sum + (to === undefined ? 1 : to - from! + 1), 0);
}
