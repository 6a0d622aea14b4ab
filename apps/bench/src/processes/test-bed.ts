import { setTimeout } from 'node:timers/promises';
import { parseConfig } from '@ws-arena/config/parse-config';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { Peer, type PeerOptions } from '@ws-arena/contract/suite/peer';
import { type Target, targetNamed } from '@ws-arena/contract/targets';
import { type ProxyOptions, type RunningProxy, startProxy } from '@ws-arena/infra/running-proxy';
import { Generator } from './generator.ts';
import { orAborted } from './or-aborted.ts';
import { type Pinning, pinning } from './pinning.ts';

/** What all experiments of a run have in common. */
export class SharedBed {
  readonly interrupted: AbortSignal;
  readonly pins = pinning(true);
  /** What was started, e.g. `ws 8.23.0`. */
  readonly versions = new Set<string>();
  readonly #measured = new Map<string, Promise<unknown>>();

  constructor(interrupted: AbortSignal) {
    this.interrupted = interrupted;
  }

  /** What `measure` came to when it was first asked for under `key`: several claims are judged by one experiment. */
  once<T>(key: string, measure: () => Promise<T>): Promise<T> {
    const known = this.#measured.get(key) ?? measure();
    this.#measured.set(key, known);
    return known as Promise<T>;
  }
}

/** A dozen processes may start at once, on a machine that is busy with something else. */
const START_TIMEOUT_MS = 60_000;

/** Settings of packages/config that differ from their defaults. */
export type Settings = Readonly<Record<string, unknown>>;

/** How a proxy of an experiment differs from ours. */
export type BedProxy = Omit<ProxyOptions, 'config' | 'upstreams'> & { readonly settings?: Settings };

/** The processes and connections of one experiment. What was started on it ends with it. */
export class TestBed {
  readonly shared: SharedBed;
  readonly #ends: (() => unknown)[] = [];
  #pins: Pinning;
  #closed = false;

  constructor(shared: SharedBed) {
    this.shared = shared;
    this.#pins = shared.pins;
  }

  get interrupted(): AbortSignal {
    return this.shared.interrupted;
  }

  /** What is started from now on may run on every core. */
  unpin(): void {
    this.#pins = pinning(false);
  }

  /** What is to be done when the experiment is over, in reverse order; at once where it was given up already. */
  onEnd(end: () => unknown): void {
    if (this.#closed) void end();
    else this.#ends.push(end);
  }

  /** The CPUs of a server, as an option of what starts it. */
  get cpus(): { readonly cpus?: string } {
    return this.#pins.server === undefined ? {} : { cpus: this.#pins.server };
  }

  /** @throws TargetUnavailable when it cannot run here. */
  async server(target: string | Target, settings: Settings = {}): Promise<RunningServer> {
    const { versions } = this.shared;
    const found = typeof target === 'string' ? targetNamed(target)! : target;
    const server = await startServer(found, parseConfig({ port: 0, ...settings }), {
      signal: this.interrupted,
      startTimeoutMs: START_TIMEOUT_MS,
      ...this.cpus,
    });
    this.onEnd(() => server.kill());
    if (server.ready.version) versions.add(`${server.ready.library} ${server.ready.version}`);
    return server;
  }

  servers(count: number, target: string | Target): Promise<RunningServer[]> {
    return Promise.all(Array.from({ length: count }, () => this.server(target)));
  }

  /** Nginx before `servers`, on the servers' core. @throws NginxUnavailable when there is none. */
  async proxy(
    servers: readonly RunningServer[],
    { settings = {}, ...options }: BedProxy = {},
  ): Promise<RunningProxy> {
    this.interrupted.throwIfAborted();
    const { proxy: cpus } = this.#pins;
    const proxy = await startProxy({
      config: parseConfig({ ...settings, port: 0 }),
      upstreams: servers.map(({ port }) => `127.0.0.1:${port}`),
      startTimeoutMs: START_TIMEOUT_MS,
      ...(cpus !== undefined && { cpus }),
      ...options,
    });
    this.onEnd(() => proxy.kill());
    return proxy;
  }

  async generator(): Promise<Generator> {
    const generator = await Generator.start(commandPrefix(this.#pins.generator), this.interrupted);
    this.onEnd(() => generator.end(500));
    return generator;
  }

  /** A connection to `server`, or to the proxy before it. */
  async peer(server: RunningServer, proxy?: RunningProxy, options?: PeerOptions): Promise<Peer> {
    this.interrupted.throwIfAborted();
    const peer = await Peer.open(proxy ? behind(server, proxy) : server, options);
    this.onEnd(() => peer.raw.destroy());
    return peer;
  }

  peers(count: number, server: RunningServer, proxy?: RunningProxy, options?: PeerOptions): Promise<Peer[]> {
    return Promise.all(Array.from({ length: count }, () => this.peer(server, proxy, options)));
  }

  /** Waits. @throws the reason of an interruption. */
  sleep(ms: number): Promise<void> {
    return setTimeout(ms, undefined, { signal: this.interrupted });
  }

  /** What `work` comes to, unless the run is interrupted. */
  orInterrupted<T>(work: Promise<T>): Promise<T> {
    return orAborted(work, this.interrupted);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}

/** `server` as its clients see it through `proxy`. */
export function behind(server: RunningServer, proxy: RunningProxy): RunningServer {
  return { ...server, port: proxy.port, url: proxy.url, httpUrl: proxy.httpUrl };
}
