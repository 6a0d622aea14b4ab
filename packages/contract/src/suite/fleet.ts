import type { ServerConfig } from '@ws-arena/config/options';
import { type RunningServer, startServer } from '../running-server.ts';
import type { Target } from '../targets.ts';
import { type ConfigName, suiteConfig } from './suite-configs.ts';

/** A server of the suite and the configuration it was started with. */
export interface SuiteServer extends RunningServer {
  readonly config: ServerConfig;
}

/** A Redis of the suite. */
export interface SuiteRedis {
  readonly url: string;
  readonly port: number;
  kill(): Promise<void>;
}

/** Starts a Redis, at `port` where one is given: `startRedis` of infra, which this package does not know. */
export type StartRedis = (options: { readonly port?: number }) => Promise<SuiteRedis>;

/** The server processes of one target: one for each configuration, started when a row first asks for it. */
export class Fleet {
  readonly target: Target;
  readonly #shared = new Map<ConfigName, Promise<SuiteServer>>();
  readonly #own: (SuiteServer | SuiteRedis)[] = [];
  readonly #startRedis: StartRedis | undefined;

  constructor(target: Target, startRedis?: StartRedis) {
    this.target = target;
    this.#startRedis = startRedis;
  }

  /** The server that all rows of a configuration share. */
  server(name: ConfigName): Promise<SuiteServer> {
    let server = this.#shared.get(name);
    if (!server) {
      server = this.#start(name);
      this.#shared.set(name, server);
    }
    return server;
  }

  /** A server for one row alone, because the row counts, fills or ends it. */
  async own(name: ConfigName): Promise<SuiteServer> {
    const server = await this.#start(name);
    this.#own.push(server);
    return server;
  }

  /** A server for one row alone, with settings that are none of the suite's. */
  async with(config: ServerConfig): Promise<SuiteServer> {
    const server = { ...(await startServer(this.target, config, { startTimeoutMs: 60_000 })), config };
    this.#own.push(server);
    return server;
  }

  /** A Redis for one row alone. @throws Error where the suite was given none. */
  async redis(port?: number): Promise<SuiteRedis> {
    if (!this.#startRedis) throw new Error('the row needs a Redis');
    const redis = await this.#startRedis(port === undefined ? {} : { port });
    this.#own.push(redis);
    return redis;
  }

  /** Ends every process that was started. */
  async stop(): Promise<void> {
    const started = await Promise.allSettled([...this.#shared.values()]);
    const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all([...servers, ...this.#own].map((server) => server.kill()));
  }

  async #start(name: ConfigName): Promise<SuiteServer> {
    const config = suiteConfig(name, this.target.capabilities);
    return { ...(await startServer(this.target, config, { startTimeoutMs: 60_000 })), config };
  }
}
