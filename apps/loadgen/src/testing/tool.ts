import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

/** How a process of the tool ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process of the tool, the leader of a group of its own, as a shell starts it. */
export class Tool {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out = '';
  err = '';

  /** @param before what runs it, such as `ip netns exec NAME`. */
  constructor(line: string, env: Readonly<Record<string, string>> = {}, before: readonly string[] = []) {
    const [command, ...args] = [...before, process.execPath, entry, ...line.split(' ').filter(Boolean)];
    this.child = spawn(command!, args, { detached: true, env: { ...process.env, ...env } });
    this.child.stdout!.on('data', (chunk) => {
      this.out += chunk;
    });
    this.child.stderr!.on('data', (chunk) => {
      this.err += chunk;
    });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ code, out: this.out, err: this.err })),
    );
  }

  /** Resolves when it has said `text` on stderr, or has ended. */
  async says(text: string): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const look = () => {
        if (this.err.includes(text)) resolve();
      };
      this.child.stderr!.on('data', look);
      look();
    });
    await Promise.race([said, this.ended]);
  }

  /** Ctrl-C in a shell: the whole group gets it. */
  interrupt(): void {
    process.kill(-this.child.pid!, 'SIGINT');
  }

  /** SIGTERM. */
  async stop(): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    return this.ended;
  }
}
