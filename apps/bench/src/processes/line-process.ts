import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that speaks JSON lines: what it prints reaches `onLine`, `send` writes a line to its stdin. */
export class LineProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<string>;
  onLine: (value: Record<string, unknown>) => void = () => {};
  #stderr = '';

  /** @param command the program and its arguments. */
  constructor(command: readonly string[], cwd: string) {
    this.child = spawn(command[0]!, command.slice(1), { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-2000);
    });
    // A process that is gone is noticed by its exit; writing to it is no failure of its own.
    this.child.stdin!.on('error', () => {});
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.onLine(JSON.parse(line) as Record<string, unknown>);
    });
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => {
        resolve(`ended with ${signal ?? `exit code ${code}`}${this.#stderr && `: ${this.#stderr.trim()}`}`);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  send(value: unknown): void {
    this.child.stdin!.write(`${JSON.stringify(value)}\n`);
  }

  /** Closes its stdin, which ends it; after `patienceMs` it is killed. Resolves when it has ended. */
  async end(patienceMs = 1000): Promise<void> {
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    await this.exited;
    clearTimeout(timer);
  }
}
