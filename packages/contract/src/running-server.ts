import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ServerConfig } from '@ws-arena/config/options';
import { toEnv } from '@ws-arena/config/parse-config';
import { UNAVAILABLE_EXIT_CODE } from '@ws-arena/server-interface/exit-code';
import { parseReadyLine, type ReadyLine } from '@ws-arena/server-interface/ready-line';
import { bunBinary } from './bun-binary.ts';
import { commandPrefix } from './command-prefix.ts';
import { goBinary } from './go-binary.ts';
import { repoRoot } from './repo-root.ts';
import { TargetUnavailable } from './target-unavailable.ts';
import type { OwnLaunch, Target } from './targets.ts';

/** A server process that printed its ready line. */
export interface RunningServer {
  readonly target: Target;
  readonly ready: ReadyLine;
  readonly pid: number;
  readonly port: number;
  /** Its Unix socket; empty or absent where it has none. */
  readonly socketPath?: string;
  /** `ws://host:port/path`. */
  readonly url: string;
  /** `http://host:port`. */
  readonly httpUrl: string;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** The last lines of its stderr, for an error that says what the server said. */
  stderr(): string;
  /** SIGTERM, then SIGKILL after the grace and a second; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

/** How to start a server process. */
export interface StartOptions {
  /** CPUs it may run on, as `taskset -c` takes them; absent leaves it unpinned. */
  readonly cpus?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds to wait for the ready line. */
  readonly startTimeoutMs?: number;
  /** Gives the start up: the process is killed, and the start fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is given each line that the process prints, on stdout and stderr. */
  readonly heard?: (line: string) => void;
}

/** How Node.js starts a server: no signal opens its debugger on 127.0.0.1:9229. */
export const nodeFlags = ['--disable-sigusr1'];

const STDERR_LINES = 20;

/**
 * Starts `target` as a process of its own and waits for its ready line.
 * @throws TargetUnavailable when it cannot run here; Error with what it printed when it ended before it was ready.
 */
export async function startServer(
  target: Target,
  config: ServerConfig,
  options: StartOptions = {},
): Promise<RunningServer> {
  const [command, ...args] = await commandOf(target, options.cpus);
  const child = spawn(command!, args, {
    cwd: repoRoot,
    env: { ...withoutSettings(process.env), ...toEnv(config), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stderr: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    options.heard?.(line);
    stderr.push(line);
    if (stderr.length > STDERR_LINES) stderr.shift();
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', (error) => {
      stderr.push(error.message);
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const ready = await readyLine(target, child, exited, stderr, options);
  const end = async (signal: NodeJS.Signals, patienceMs: number) => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(timer);
  };
  return {
    target,
    ready,
    pid: ready.pid,
    port: ready.port,
    socketPath: config.socketPath,
    url: `ws://${config.host}:${ready.port}${config.path}`,
    httpUrl: `http://${config.host}:${ready.port}`,
    exited,
    stderr: () => stderr.join('\n'),
    stop: () => end('SIGTERM', config.shutdownGraceMs + 1000),
    kill: () => end('SIGKILL', 1000),
  };
}

async function commandOf(target: Target, cpus: string | undefined): Promise<string[]> {
  const { launch } = target;
  if (launch.kind === 'remote')
    throw new TargetUnavailable(`${target.name} runs elsewhere, at ${launch.url}`);
  if (launch.kind === 'command') throw new TargetUnavailable(`${target.name} does not keep the contract`);
  return [...commandPrefix(cpus), ...(await programOf(launch)), ...(launch.args ?? [])];
}

/**
 * The program of a server of this project, which is built or fetched where it is not there yet.
 * @throws TargetUnavailable when it cannot be had here.
 */
export async function programOf(launch: OwnLaunch): Promise<string[]> {
  switch (launch.kind) {
    case 'node':
      return [process.execPath, ...nodeFlags, launch.entry];
    case 'bun':
      return [await bunBinary(), launch.entry];
    case 'go':
      return [await goBinary(launch.command)];
  }
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('WS_')));
}

async function readyLine(
  target: Target,
  child: ChildProcess,
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>,
  stderr: readonly string[],
  { startTimeoutMs: timeoutMs = 20_000, signal, heard }: StartOptions,
): Promise<ReadyLine> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp = () => {};
  try {
    signal?.throwIfAborted();
    return await new Promise<ReadyLine>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        heard?.(line);
        const ready = parseReadyLine(line);
        if (ready) resolve(ready);
      });
      giveUp = () => reject(signal?.reason);
      signal?.addEventListener('abort', giveUp, { once: true });
      timer = setTimeout(
        () => reject(new Error(`${target.name} was not ready within ${timeoutMs} ms`)),
        timeoutMs,
      );
      void exited.then(({ code, signal }) => {
        const said = stderr.join('\n') || 'nothing on stderr';
        const Failure = code === UNAVAILABLE_EXIT_CODE ? TargetUnavailable : Error;
        reject(
          new Failure(`${target.name} ended before it was ready (${signal ?? `exit code ${code}`}): ${said}`),
        );
      });
    });
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
