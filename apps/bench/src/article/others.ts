import { readFileSync } from 'node:fs';
import { childrenOf, readMachine } from '../measure/proc.ts';

const TICK_NS = 10_000_000;

/** CPU time of a process, of its living descendants, and of those that have ended and were waited for, in nanoseconds. */
function treeCpuNs(pid: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  // utime, stime, cutime and cstime of proc_pid_stat(5), counted from behind the command's name.
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  const ownNs = ticks.reduce((sum, tick) => sum + Number(tick), 0) * TICK_NS;
  return childrenOf(pid).reduce((sum, child) => sum + treeCpuNs(child), ownNs);
}

/** Reads the clocks now, and returns what tells the share of the machine that others have used since, 0 to 1. */
export function othersSince(cores: number): () => number {
  const [machine, own, atMs] = [readMachine(), treeCpuNs(process.pid), performance.now()];
  return () => {
    const wallNs = (performance.now() - atMs) * 1e6 * cores;
    const othersNs = readMachine().busyNs - machine.busyNs - (treeCpuNs(process.pid) - own);
    return Math.min(1, Math.max(0, othersNs / wallNs));
  };
}
