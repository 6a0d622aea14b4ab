import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NginxBinary } from './nginx-binary.ts';
import { signalGroup, spawnGuard } from './process-group.ts';

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A master process and its workers. */
export interface NginxProcess {
  readonly pid: number;
  /** Master, workers and the manager of a cache; not the loader of one, which ends by itself. */
  pids(): number[];
  reload(): Promise<void>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  readonly exited: Promise<Ended>;
  stderr(): string;
}

/** What `spawnNginx` needs: a prefix folder with nginx.conf in it. */
export interface SpawnOptions {
  readonly binary: NginxBinary;
  readonly prefix: string;
  readonly workers: number;
  readonly cpus?: string;
  readonly startTimeoutMs: number;
}

const STDERR_LINES = 40;
const STOP_PATIENCE_MS = 5000;

/**
 * Starts Nginx as a process group of its own and waits until its workers run.
 * @throws Error with what it logged when it ended before, or took longer than `startTimeoutMs`.
 */
export async function spawnNginx(options: SpawnOptions): Promise<NginxProcess> {
  const { binary, prefix } = options;
  const pin = options.cpus === undefined ? [] : ['taskset', '-c', options.cpus];
  const [command, ...args] = [
    ...pin,
    binary.path,
    ...['-p', `${prefix}/`, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'],
  ];
  const child = spawn(command!, args, {
    cwd: prefix,
    env: { ...process.env, ...binary.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C reaches the runner alone, and the workers can be ended with their master.
    detached: true,
  });
  const log = readLog(child);
  // It reads what a cache holds, and has ended a minute after the start: no end that anybody should hear of.
  const cacheLoaders = new Set<number>();
  log.each((line) => {
    const [, loader] = CACHE_LOADER_STARTED.exec(line) ?? [];
    if (loader !== undefined) cacheLoaders.add(Number(loader));
  });
  const pid = child.pid ?? -1;
  const guard = child.pid === undefined ? undefined : spawnGuard(pid, prefix);
  // Workers outlive a master that was killed: whatever ended it, its group goes with it.
  child.once('exit', () => {
    signalGroup(pid, 'SIGKILL');
    guard?.kill('SIGKILL');
  });
  const exited = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      log.add(error.message);
      resolve({ code: null, signal: null });
    });
    // `close` and not `exit`: by then all it logged has been read.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const started = log.said([WORKER_STARTED], options.workers, exited, options.startTimeoutMs);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (signal === 'SIGKILL') signalGroup(pid, signal);
    else child.kill(signal);
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await started;
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    pid,
    pids: () => [pid, ...childrenOf(pid).filter((child) => !cacheLoaders.has(child))],
    reload: async () => {
      // The old workers accept until they get their signal, a moment after the new ones have started.
      const renewed = log.said(
        [WORKER_STARTED, WORKER_LEAVES],
        options.workers,
        exited,
        options.startTimeoutMs,
      );
      child.kill('SIGHUP');
      await renewed;
    },
    end,
    exited,
    stderr: log.text,
  };
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(join('/proc', String(pid), 'task', String(pid), 'children'), 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Nginx has no ready line; its log at level `notice` tells each worker's start and end. */
const WORKER_STARTED = /start worker process \d+/;
const WORKER_LEAVES = /gracefully shutting down/;
const CACHE_LOADER_STARTED = /start cache loader process (\d+)/;

function readLog(child: ChildProcess) {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const add = (line: string) => {
    lines.push(line);
    if (lines.length > STDERR_LINES) lines.shift();
    for (const listener of listeners) listener(line);
  };
  createInterface({ input: child.stderr! }).on('line', add);
  const text = () => lines.join('\n');
  /** Resolves when each pattern has matched `count` lines from now on. */
  const said = (patterns: readonly RegExp[], count: number, exited: Promise<Ended>, timeoutMs: number) => {
    let listener: (line: string) => void = () => {};
    let timer: NodeJS.Timeout | undefined;
    return new Promise<void>((resolve, reject) => {
      const missing = patterns.map(() => count);
      listener = (line) => {
        if (line.includes('[emerg]')) reject(new Error(`nginx refused: ${line}`));
        for (const [i, pattern] of patterns.entries()) if (pattern.test(line)) missing[i]! -= 1;
        if (missing.every((left) => left <= 0)) resolve();
      };
      listeners.add(listener);
      timer = setTimeout(
        () => reject(new Error(`nginx was not ready within ${timeoutMs} ms: ${text()}`)),
        timeoutMs,
      );
      void exited.then(({ code, signal }) =>
        reject(new Error(`nginx ended before it was ready (${signal ?? `exit code ${code}`}): ${text()}`)),
      );
    }).finally(() => {
      clearTimeout(timer);
      listeners.delete(listener);
    });
  };
  return { add, text, said, each: (listener: (line: string) => void) => listeners.add(listener) };
}
