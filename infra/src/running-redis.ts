import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import type { Ended } from './nginx-process.ts';
import { signalGroup, spawnGuard } from './process-group.ts';
import { redisBinary } from './redis-binary.ts';

/** A Redis that serves, in memory alone. */
export interface RunningRedis {
  /** `redis://host:port`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** e.g. `7.0.15`. */
  readonly version: string;
  /** Resolves when it has ended, however it ended. */
  readonly exited: Promise<Ended>;
  /** SIGTERM, then SIGKILL after 2 s. Resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when it has ended. */
  kill(): Promise<void>;
}

/** How to start it. */
export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** CPUs it may run on, as `taskset -c` takes them; absent leaves it unpinned. */
  readonly cpus?: string;
  /** The address it serves at; default 127.0.0.1. */
  readonly host?: string;
  /** Further settings, as its command line takes them, such as `--requirepass`. */
  readonly settings?: readonly string[];
  /** Milliseconds to wait until it serves. */
  readonly startTimeoutMs?: number;
}

const HOST = '127.0.0.1';
const STOP_PATIENCE_MS = 2000;
const LOG_LINES = 20;

/**
 * Starts Redis, without persistence. It ends with this process, however this process ends.
 * @throws RedisUnavailable when there is no Redis; Error with what it logged when it did not start.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const binary = await redisBinary();
  const { host = HOST } = options;
  const port = options.port ?? (await freePort(HOST));
  const pin = options.cpus === undefined ? [] : ['taskset', '-c', options.cpus];
  const settings = ['--port', String(port), '--bind', host, '--save', '', '--appendonly', 'no'];
  const [command, ...args] = [...pin, binary.path, ...settings, ...(options.settings ?? [])];
  const child = spawn(command!, args, {
    env: { ...process.env, ...binary.env },
    stdio: ['ignore', 'pipe', 'ignore'],
    // A group of its own: Ctrl-C reaches the runner alone.
    detached: true,
  });
  const pid = child.pid ?? -1;
  const guard = child.pid === undefined ? undefined : spawnGuard(pid);
  const log: string[] = [];
  const exited = new Promise<Ended>((resolve) => {
    child.once('error', ({ message }) => {
      log.push(message);
      resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => {
      guard?.kill('SIGKILL');
      resolve({ code, signal });
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, signal);
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(timer);
  };
  const ready = new AbortController();
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(line);
    if (log.length > LOG_LINES) log.shift();
    if (line.includes('Ready to accept connections')) ready.abort();
  });
  const late = AbortSignal.timeout(options.startTimeoutMs ?? 15_000);
  await Promise.race([exited, aborted(ready.signal), aborted(late)]);
  if (!ready.signal.aborted) {
    await end('SIGKILL');
    throw new Error(`Redis did not start on port ${port}: ${log.join('\n') || 'it said nothing'}`);
  }
  return {
    url: `redis://${host}:${port}`,
    port,
    pid,
    version: binary.version,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
