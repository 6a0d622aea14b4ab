import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { commandPrefix } from './command-prefix.ts';
import type { RunningServer, StartOptions } from './running-server.ts';
import type { Launch, Target } from './targets.ts';

const STDERR_LINES = 20;
const LOOK_MS = 20;
const STOP_GRACE_MS = 11_000;

/**
 * Starts a server that knows nothing of this project: by its command, with a free port as PORT in its environment and in
 * place of `{port}`. It is ready when something accepts connections at its port.
 * @throws Error with what it printed when it ended before that, or was not ready in time.
 */
export async function startOwnServer(
  target: Target,
  launch: Extract<Launch, { kind: 'command' }>,
  { cpus, env, startTimeoutMs = 20_000, signal }: StartOptions = {},
): Promise<RunningServer> {
  const port = launch.url.includes('{port}') ? await freePort() : portOf(launch.url);
  const filled = (text: string) => text.replaceAll('{port}', String(port));
  const [command, ...args] = [...commandPrefix(cpus), ...launch.command.map(filled)];
  // A group of its own, because a command such as `npm start` has the server as its child.
  const child = spawn(command!, args, {
    cwd: launch.cwd,
    env: { ...process.env, ...launch.env, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      if (said.length > STDERR_LINES) said.shift();
    });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', (error) => {
      said.push(error.message);
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const kill = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group has ended.
    }
  };
  const end = async (name: NodeJS.Signals, patienceMs: number) => {
    kill(name);
    const timer = setTimeout(() => kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(timer);
    kill('SIGKILL');
  };
  try {
    await accepting(target, port, exited, startTimeoutMs, signal, said);
  } catch (error) {
    await end('SIGKILL', 0);
    throw error;
  }
  const { hostname, protocol } = new URL(filled(launch.url));
  const url = filled(launch.url);
  const ready = { ready: true, target: target.name, port, pid: child.pid!, library: target.library } as const;
  return {
    target,
    ready: { ...ready, version: 'unknown', runtime: 'unknown' },
    pid: child.pid!,
    port,
    url,
    httpUrl: `${protocol === 'wss:' ? 'https' : 'http'}://${hostname}:${port}`,
    exited,
    stderr: () => said.join('\n'),
    stop: () => end('SIGTERM', STOP_GRACE_MS),
    kill: () => end('SIGKILL', 0),
  };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'wss:' ? 443 : 80);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Resolves when `port` takes connections. */
async function accepting(
  { name }: Target,
  port: number,
  exited: RunningServer['exited'],
  timeoutMs: number,
  signal: AbortSignal | undefined,
  said: readonly string[],
): Promise<void> {
  let how: string | undefined;
  void exited.then(({ code, signal: by }) => {
    how = String(by ?? `exit code ${code}`);
  });
  const words = () => said.join('\n') || 'nothing';
  for (const fromMs = performance.now(); !(await accepts(port)); await delay(LOOK_MS)) {
    signal?.throwIfAborted();
    if (how !== undefined) throw new Error(`${name} ended before it was ready (${how}): ${words()}`);
    if (performance.now() - fromMs > timeoutMs)
      throw new Error(
        `${name} took no connection on port ${port} within ${timeoutMs} ms; it said ${words()}`,
      );
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
