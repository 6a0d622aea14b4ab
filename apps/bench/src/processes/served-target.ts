import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import { startOwnServer } from '@ws-arena/contract/own-server';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import type { Target } from '@ws-arena/contract/targets';
import { certificateFiles } from '@ws-arena/infra/certificate';
import { freePort } from '@ws-arena/infra/free-port';
import type { TlsOptions } from '@ws-arena/infra/nginx-config';
import { makeRunPrefix } from '@ws-arena/infra/run-prefix';
import { residentBytes, treeOf } from '../measure/proc.ts';
import type { Death, Session } from '../measure/session.ts';
import { type PageUsage, readUsagePage } from '../measure/usage-page.ts';
import type { BenchConfig } from '../plan/bench-config.ts';
import type { Settings } from '../plan/loads.ts';
import { tlsOf, type Way } from '../plan/tls-choice.ts';
import { hasEnded } from './alive.ts';
import type { Pinning } from './pinning.ts';
import { type RouteProxy, startRouteProxy } from './route-proxy.ts';
import type { TokenSource } from './token-source.ts';

/** What starts a target: the run's configuration, the CPUs, whose tokens let in, and what gives it up. */
export interface Surroundings {
  readonly config: BenchConfig;
  readonly pinning: Pinning;
  readonly tokens: TokenSource;
  readonly interrupted: AbortSignal;
}

/** The server processes of a target. */
export interface Fleet {
  /** How many; default those of the run. */
  readonly instances?: number;
  /** They are on ports that no outgoing connection takes while one of them is replaced. */
  readonly replaceable?: boolean;
}

/** The processes behind a target, and Nginx before them once a route asks for it. */
export class ServedTarget {
  readonly target: Target;
  readonly #servers: RunningServer[];
  /** Processes whose end is wanted. */
  readonly #replaced = new Set<number>();
  /** Resolves when a server ends on its own. */
  readonly #fallen = Promise.withResolvers<void>();
  readonly #proxies = new Map<string, RouteProxy>();
  readonly #settings: Settings;
  readonly #around: Surroundings;

  private constructor(
    target: Target,
    servers: readonly RunningServer[],
    settings: Settings,
    around: Surroundings,
  ) {
    this.target = target;
    this.#servers = [...servers];
    this.#settings = settings;
    this.#around = around;
    for (const server of servers) this.#watch(server);
  }

  /**
   * Starts the target's instances on ports that the system chooses.
   * @throws TargetUnavailable when it cannot run on this machine; Error when it ended before it was ready.
   */
  static async start(
    target: Target,
    settings: Settings,
    around: Surroundings,
    { instances, replaceable }: Required<Fleet>,
  ): Promise<ServedTarget> {
    const { config } = around;
    const all: Record<string, unknown> = { ...config.settings, ...settings };
    if (target.launch.kind === 'remote') return new ServedTarget(target, [], all, around);
    // The way through Nginx has the path of the server.
    if (target.launch.kind === 'command')
      all.path = new URL(target.launch.url.replace('{port}', '1')).pathname;
    const { host } = parseConfig({ ...all, port: 0 });
    const started = await Promise.allSettled(
      Array.from({ length: instances }, async () =>
        startOn(replaceable ? await freePort(host) : 0, target, all, around),
      ),
    );
    const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) {
      await Promise.all(servers.map((server) => server.kill()));
      throw failed.reason;
    }
    return new ServedTarget(target, servers, all, around);
  }

  get servers(): readonly RunningServer[] {
    return this.#servers;
  }

  #watch(server: RunningServer): void {
    void server.exited.then(() => {
      if (!this.#replaced.has(server.pid)) this.#fallen.resolve();
    });
  }

  /** Ends instance number `at`: SIGTERM waits for its grace. */
  async endInstance(at: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const server = this.#servers[at]!;
    this.#replaced.add(server.pid);
    await (signal === 'SIGTERM' ? server.stop() : server.kill());
  }

  /** Starts a new process for the instance that was ended, on its port. @throws Error when it ended before it was ready. */
  async startInstance(at: number): Promise<void> {
    const server = await startOn(this.#servers[at]!.port, this.target, this.#settings, this.#around);
    this.#servers[at] = server;
    this.#watch(server);
  }

  /** Whether every process of it still runs. */
  get alive(): boolean {
    const proxies = [...this.#proxies.values()];
    const services = proxies.flatMap(({ authService }) => authService ?? []);
    return [...this.servers, ...proxies, ...services].every(({ pid }) => !hasEnded(pid));
  }

  /** Servers and proxies, with the workers and auth services of these. */
  pids(): number[] {
    return [...this.serverPids(), ...[...this.#proxies.values()].flatMap((proxy) => proxy.pids())];
  }

  serverPids(): number[] {
    const { launch } = this.target;
    if (launch.kind === 'remote') return launch.pid === undefined ? [] : treeOf(launch.pid);
    const pids = this.servers.map((server) => server.pid);
    return launch.kind === 'command' ? pids.flatMap(treeOf) : pids;
  }

  /** What the servers say of their own usage, where their processes cannot be read. */
  get page(): (() => Promise<PageUsage>) | undefined {
    const { launch } = this.target;
    const url = launch.kind === 'remote' ? launch.metricsUrl : undefined;
    return url === undefined ? undefined : () => readUsagePage(url);
  }

  /** Resident memory of the servers together, in bytes. */
  async residentBytes(): Promise<number> {
    return (await this.page?.())?.rssBytes ?? residentBytes(this.serverPids());
  }

  /** The URLs that the generator loads on `way`. @throws NginxUnavailable where there is no Nginx. */
  async urls(way: Way, connections: number): Promise<string[]> {
    if (this.target.launch.kind === 'remote') return [this.target.launch.url];
    if (way.route === 'direct') return this.servers.map((server) => server.url);
    const { url } = await this.#proxy(way, connections);
    const { launch } = this.target;
    return [launch.kind === 'command' ? url + new URL(launch.url.replace('{port}', '1')).search : url];
  }

  /** Nginx before these servers, started at the first call for a way. */
  async #proxy(way: Way, connections: number): Promise<RouteProxy> {
    const running = this.proxyOf(way);
    if (running && !hasEnded(running.pid)) return running;
    const { config, pinning, tokens } = this.#around;
    const options = {
      upstreams: this.servers.map(({ port, socketPath }) =>
        way.params.upstream === 'unix' ? `unix:${socketPath}` : `127.0.0.1:${port}`,
      ),
      method: config.balance,
      connections: Math.max(connections, 10_000),
      ...(way.params.maxFails !== undefined && { maxFails: Number(way.params.maxFails) }),
      ...(way.route === 'nginx-tls' && { tls: await proxyTls(way) }),
      ...(pinning.proxy !== undefined && { cpus: pinning.proxy }),
    };
    const proxy = await startRouteProxy(way, this.#settings, options, tokens);
    this.#proxies.set(proxyKey(way), proxy);
    return proxy;
  }

  /** The proxy of `way` if one was started. */
  proxyOf(way: Way): RouteProxy | undefined {
    return this.#proxies.get(proxyKey(way));
  }

  /** What a session on `way` knows of its processes. */
  onWay(way: Way, generator: () => readonly number[]): Pick<Session, 'roles' | 'death' | 'page'> {
    return {
      page: this.page,
      roles: () => {
        const proxy = this.proxyOf(way)?.pids();
        return { server: this.serverPids(), generator: generator(), ...(proxy && { proxy }) };
      },
      death: () => this.deathOn(way),
    };
  }

  /** Resolves when a process that `way` needs ends on its own. */
  died(way: Way): Promise<unknown> {
    const proxy = this.proxyOf(way);
    const around = [proxy, proxy?.authService].flatMap((one) => one?.exited ?? []);
    return Promise.race([this.#fallen.promise, ...around]);
  }

  /**
   * The death of a process that `way` needs, also one whose exit event is still to come; undefined when all live. A
   * failure of a load is to ask this before it is worded: the resets of a dying server arrive before the news of its death.
   */
  async deathOn(way: Way): Promise<Death | undefined> {
    return this.#ends(way)
      .find(({ pid }) => hasEnded(pid))
      ?.death();
  }

  #ends(way: Way): { readonly pid: number; readonly death: () => Promise<Death> }[] {
    const proxy = this.proxyOf(way);
    const how = ({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }) =>
      signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
    const kept = this.servers.filter(({ pid }) => !this.#replaced.has(pid));
    const servers = kept.map((server) => ({
      pid: server.pid,
      death: async (): Promise<Death> => {
        const ended = how(await server.exited);
        const said = server.stderr();
        return { who: 'server', sentence: `the ${this.target.name} server ${ended}${said && `: ${said}`}` };
      },
    }));
    const named = [
      ['Nginx', proxy],
      ['the auth service', proxy?.authService],
    ] as const;
    const proxies = named.flatMap(([name, one]) => {
      if (!one) return [];
      const death = async (): Promise<Death> => ({
        who: 'proxy',
        sentence: `${name} ${how(await one.exited)}`,
      });
      return [{ pid: one.pid, death }];
    });
    return [...servers, ...proxies];
  }

  /**
   * Stops its servers (SIGSTOP) or lets them go on: a server that waits its turn still has timers, and each of them takes
   * cache and time from the one that is measured. Only while no connection is open that could miss it.
   */
  hold(still: boolean): void {
    const pids = this.servers.length > 0 ? this.serverPids() : [];
    for (const pid of pids) if (!hasEnded(pid)) process.kill(pid, still ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends all of it; `now` does not wait for connections to drain. */
  async close(now = false): Promise<void> {
    this.hold(false);
    await Promise.all([...this.#proxies.values()].map((proxy) => (now ? proxy.kill() : proxy.stop())));
    await Promise.all(this.servers.map((server) => (now ? server.kill() : server.stop())));
  }
}

async function startOn(
  port: number,
  target: Target,
  settings: Settings,
  { config, pinning, interrupted }: Surroundings,
): Promise<RunningServer> {
  const cpus = pinning.server;
  const options = { signal: interrupted, ...(cpus !== undefined && { cpus }) };
  if (target.launch.kind === 'command') return startOwnServer(target, target.launch, options);
  if (!config.upstreams.includes('unix')) {
    return startServer(target, parseConfig({ ...settings, port }), options);
  }
  const folder = await makeRunPrefix();
  const socketPath = join(folder, 'server.sock');
  const server = await startServer(target, parseConfig({ ...settings, port, socketPath }), options);
  void server.exited.then(() => rm(folder, { recursive: true, force: true }));
  return server;
}

/** Two ways share a proxy when this is the same. */
function proxyKey(way: Way): string {
  const { route, params } = way;
  if (route !== 'nginx-tls')
    return [route, params.tokens, params.cache, params.maxFails, params.upstream].join(' ');
  const { version, reuseSessions } = tlsOf(way);
  return [route, version, reuseSessions, params.maxFails, params.upstream].join(' ');
}

/** Nginx speaks the version of the case alone, and keeps no sessions where none are to be resumed. */
export async function proxyTls(way: Way): Promise<TlsOptions> {
  const { version, reuseSessions } = tlsOf(way);
  return { ...(await certificateFiles()), versions: [`TLSv${version}`], sessionReuse: reuseSessions };
}
