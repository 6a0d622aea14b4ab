import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseRun, type Run } from '@ws-arena/results/run-file';
import type { SliceLine } from '@ws-arena/results/slice-line';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const WAIT_MS = 60_000;

/** The bench as a process, with a mark in its environment by which all that it starts can be found. */
export class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'bench-'));
  readonly mark = `ARENA_MARK=${randomUUID()}`;
  readonly child: ChildProcess;
  stderr = '';
  stdout = '';

  constructor(args: readonly string[]) {
    const [name, value] = this.mark.split('=') as [string, string];
    this.child = spawn(process.execPath, [main, ...args], { env: { ...process.env, [name]: value } });
    this.child.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Processes of this bench that still run, with their command lines. */
  processes(): { pid: number; command: string }[] {
    return (
      readdirSync('/proc')
        .filter((entry) => /^\d+$/.test(entry))
        .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(this.mark))
        .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }))
        // A process that has ended and was not yet waited for has no command line.
        .filter(({ command }) => command !== '')
    );
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null)
      await once(this.child, 'exit', { signal: AbortSignal.timeout(WAIT_MS) });
    return this.child.exitCode;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What `probe` comes to, looked for again and again. @throws Error when it does not come to it. */
export async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${WAIT_MS} ms for ${what}`);
    await setTimeout(20);
  }
}

/** The run in a folder. */
export const runIn = (dir: string): Run => parseRun(readFileSync(join(dir, 'run.jsonl'), 'utf8'));
/** Its slices; none where there is no run yet. */
export const slicesIn = (dir: string): readonly SliceLine[] =>
  existsSync(join(dir, 'run.jsonl')) ? runIn(dir).slices : [];
/** A run folder that does not exist yet. */
export const folder = (): string => join(mkdtempSync(join(tmpdir(), 'run-')), 'run');
/** Whether the processes of a bench can be found. */
export const hasProc = existsSync('/proc/self/environ');
/** The command line of a process. */
export const commandOf = (pid: number) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
const childrenOf = (pid: number) =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** The child of a bench whose command line begins so: some write their title over their environment, and the mark with it. */
export function childOf(bench: Bench, command: string): Promise<number> {
  return until(command, () =>
    childrenOf(bench.child.pid!).find((pid) =>
      commandOf(pid)
        .replace(/^\S*\//, '')
        .startsWith(command),
    ),
  );
}

/** Master and workers of the Nginx of a bench. */
export async function nginxOf(bench: Bench): Promise<number[]> {
  const master = await childOf(bench, 'nginx: master');
  return [master, ...childrenOf(master)];
}
