import { parseConfig } from '@ws-arena/config/parse-config';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import type { Target } from '@ws-arena/contract/targets';
import { certificateFiles } from '@ws-arena/infra/certificate';
import type { TlsOptions } from '@ws-arena/infra/nginx-config';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import { startProxy } from '@ws-arena/infra/running-proxy';
import type { BenchConfig } from './bench-config.ts';
import type { Pinning } from './pinning.ts';
import { tlsOf, type Way } from './tls-choice.ts';

/** The processes behind a target, and Nginx before them once a route asks for it. */
export class ServedTarget {
  readonly target: Target;
  readonly servers: readonly RunningServer[];
  readonly #proxies = new Map<string, RunningProxy>();
  readonly #config: BenchConfig;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #pinning: Pinning;

  private constructor(
    target: Target,
    servers: readonly RunningServer[],
    config: BenchConfig,
    settings: Readonly<Record<string, unknown>>,
    pinning: Pinning,
  ) {
    this.target = target;
    this.servers = servers;
    this.#config = config;
    this.#settings = settings;
    this.#pinning = pinning;
  }

  /**
   * Starts the target's instances on ports that the system chooses; `interrupted` gives the start up.
   * @throws TargetUnavailable when it cannot run on this machine; Error when it ended before it was ready.
   */
  static async start(
    target: Target,
    config: BenchConfig,
    settings: Readonly<Record<string, unknown>>,
    pinning: Pinning,
    interrupted: AbortSignal,
  ): Promise<ServedTarget> {
    const all = { ...config.settings, ...settings };
    if (target.launch.kind === 'remote') return new ServedTarget(target, [], config, all, pinning);
    const serverConfig = parseConfig({ ...all, port: 0 });
    const options = {
      signal: interrupted,
      ...(pinning.server !== undefined && { cpus: pinning.server }),
    };
    const started = await Promise.allSettled(
      Array.from({ length: config.instances }, () => startServer(target, serverConfig, options)),
    );
    const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) {
      await Promise.all(servers.map((server) => server.kill()));
      throw failed.reason;
    }
    return new ServedTarget(target, servers, config, all, pinning);
  }

  /** Whether every process of it still runs. */
  get alive(): boolean {
    return (
      this.servers.every((server) => isAlive(server.pid)) &&
      [...this.#proxies.values()].every((p) => isAlive(p.pid))
    );
  }

  serverPids(): number[] {
    return this.servers.map((server) => server.pid);
  }

  /** The URLs that the generator loads on `way`. @throws NginxUnavailable where there is no Nginx. */
  async urls(way: Way, connections: number): Promise<string[]> {
    if (this.target.launch.kind === 'remote') return [this.target.launch.url];
    if (way.route === 'direct') return this.servers.map((server) => server.url);
    return [(await this.#proxy(way, connections)).url];
  }

  /** Nginx before these servers, started at the first call for a way. */
  async #proxy(way: Way, connections: number): Promise<RunningProxy> {
    const running = this.proxyOf(way);
    if (running && isAlive(running.pid)) return running;
    const proxy = await startProxy({
      config: parseConfig({ ...this.#settings, port: 0 }),
      upstreams: this.servers.map((server) => `127.0.0.1:${server.port}`),
      method: this.#config.balance,
      connections: Math.max(connections, 10_000),
      ...(way.route === 'nginx-tls' && { tls: await proxyTls(way) }),
      ...(this.#pinning.proxy !== undefined && { cpus: this.#pinning.proxy }),
    });
    this.#proxies.set(proxyKey(way), proxy);
    return proxy;
  }

  /** The proxy of `way` if one was started. */
  proxyOf(way: Way): RunningProxy | undefined {
    return this.#proxies.get(proxyKey(way));
  }

  /** Resolves with one sentence when a process of this target ends on its own. */
  died(way: Way): Promise<{ readonly who: 'server' | 'proxy'; readonly sentence: string }> {
    const ends = this.servers.map(async (server) => {
      const { code, signal } = await server.exited;
      const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
      const said = server.stderr();
      return {
        who: 'server' as const,
        sentence: `the ${this.target.name} server ${how}${said && `: ${said}`}`,
      };
    });
    const proxy = this.proxyOf(way);
    if (proxy) {
      ends.push(
        proxy.exited.then(({ code, signal }) => ({
          who: 'proxy' as 'server',
          sentence: `Nginx ${signal ? `was killed by ${signal}` : `ended with exit code ${code}`}`,
        })),
      );
    }
    return Promise.race(ends);
  }

  /**
   * Stops its servers (SIGSTOP) or lets them go on: a server that waits its turn still has timers, and each of them takes
   * cache and time from the one that is measured. Between trials no connection is open that could miss it.
   */
  hold(still: boolean): void {
    for (const { pid } of this.servers) if (isAlive(pid)) process.kill(pid, still ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends all of it; `now` does not wait for connections to drain. */
  async close(now = false): Promise<void> {
    this.hold(false);
    await Promise.all([...this.#proxies.values()].map((proxy) => (now ? proxy.kill() : proxy.stop())));
    await Promise.all(this.servers.map((server) => (now ? server.kill() : server.stop())));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Two ways share a proxy when this is the same. */
function proxyKey(way: Way): string {
  if (way.route !== 'nginx-tls') return way.route;
  const { version, reuseSessions } = tlsOf(way);
  return `${way.route} ${version} ${reuseSessions}`;
}

/** Nginx speaks the version of the case alone, and keeps no sessions where none are to be resumed. */
export async function proxyTls(way: Way): Promise<TlsOptions> {
  const { version, reuseSessions } = tlsOf(way);
  return { ...(await certificateFiles()), versions: [`TLSv${version}`], sessionReuse: reuseSessions };
}
