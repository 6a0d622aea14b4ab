import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { signalGroup } from '@ws-arena/infra/process-group';
import type { ReportedLatency } from '@ws-arena/results/generators-file';
import { treeOf } from '../measure/proc.ts';
import type { EchoLoad, Tool } from './tool.ts';

/** A load generator at work, with all that it has started. */
export class RunningTool {
  readonly #tool: Tool;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #exited: Promise<number | null>;
  #stdout = '';
  #stderr = '';

  private constructor(tool: Tool, child: ChildProcess, folder: string) {
    this.#tool = tool;
    this.#child = child;
    this.#folder = folder;
    child.stdout!.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-2000);
    });
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#stderr += error.message;
        resolve(null);
      });
      child.once('close', resolve);
    });
  }

  /** @param cpus the CPUs that it may run on, as `taskset -c` takes them. */
  static async start(tool: Tool, load: EchoLoad, cpus: string | undefined): Promise<RunningTool> {
    const folder = await mkdtemp(join(tmpdir(), 'generator-'));
    const { command, env } = await tool.launch(load, folder);
    const [program, ...args] = [...commandPrefix(cpus), ...command];
    const child = spawn(program!, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    return new RunningTool(tool, child, folder);
  }

  /** Its processes. */
  pids(): number[] {
    return treeOf(this.#child.pid!);
  }

  /** Rejects when it ends: it was to go on. */
  async fails(): Promise<never> {
    const code = await this.#exited;
    throw new Error(`${this.#tool.name} ended with exit code ${code}: ${this.#lastWords()}`);
  }

  /** What it reports when its load is over. @throws Error when it failed. */
  async reported(): Promise<ReportedLatency> {
    if ((await this.#exited) !== 0) await this.fails();
    return this.#tool.reported(this.#folder, this.#stdout);
  }

  /** Ends all of it. */
  async end(): Promise<void> {
    signalGroup(this.#child.pid!, 'SIGKILL');
    await this.#exited;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #lastWords(): string {
    const said = this.#stderr.trim() || this.#stdout.trim();
    return said.split('\n').slice(-5).join(' ') || 'it printed nothing';
  }
}
