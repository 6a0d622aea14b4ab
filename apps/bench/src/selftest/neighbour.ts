import { type ChildProcess, spawn } from 'node:child_process';
import { commandPrefix } from '@ws-arena/contract/command-prefix';
import { allowedCpus } from '../processes/pinning.ts';

const PERIOD_MS = 10;
/** A neighbour that was forgotten ends by itself. */
const LIFETIME_MS = 30 * 60_000;

/** Runs `work` beside processes that keep a part of each core busy, one a core. @param part 0 to 1. */
export async function beside<T>(part: number, work: () => Promise<T>): Promise<T> {
  const neighbours = allowedCpus().map((cpu) => burner(`${cpu}`, part));
  try {
    return await work();
  } finally {
    for (const neighbour of neighbours) neighbour.kill('SIGKILL');
  }
}

/** A process that keeps `cpus` busy for a part of each 10 ms; killed by whoever started it. */
export function burner(cpus: string, part: number): ChildProcess {
  const script = `
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const end = performance.now() + ${LIFETIME_MS};
    process.stdin.on('end', () => process.exit()).resume();
    const turn = () => {
      const from = performance.now();
      while (performance.now() < from + ${PERIOD_MS * part});
      if (${part} < 1) Atomics.wait(cell, 0, 0, ${PERIOD_MS * (1 - part)});
      if (performance.now() < end) setImmediate(turn);
      else process.exit();
    };
    turn();`;
  const [command, ...args] = [...commandPrefix(cpus), process.execPath, '-e', script];
  // Its stdin ends with this process, however that ends, and the burner with it.
  return spawn(command!, args, { stdio: ['pipe', 'ignore', 'ignore'] });
}
