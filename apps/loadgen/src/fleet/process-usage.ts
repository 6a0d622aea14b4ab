import { readFileSync } from 'node:fs';

/** What processes have used. */
export interface ProcessUsage {
  /** Since their start, in microseconds; the kernel counts in steps of 10 ms. */
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  /** Resident now. */
  readonly rssBytes: number;
}

/** Of USER_HZ, in which `/proc` counts CPU time: 100 on every Linux that Node.js runs on (proc_pid_stat(5)). */
const TICK_US = 10_000;

/** The usage of all `pids` together, from `/proc`. @throws Error in one sentence when one of them is not there. */
export function processUsage(pids: readonly number[]): ProcessUsage {
  const each = pids.map(usageOf);
  const sum = (name: keyof ProcessUsage) => each.reduce((total, one) => total + one[name], 0);
  return { cpuUserUs: sum('cpuUserUs'), cpuSystemUs: sum('cpuSystemUs'), rssBytes: sum('rssBytes') };
}

function usageOf(pid: number): ProcessUsage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold spaces: fields are counted from behind it, from the third on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (field: number) => Number(fields[field - 3]) * TICK_US;
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuUserUs: ticks(14), cpuSystemUs: ticks(15), rssBytes: Number(kib ?? 0) * 1024 };
  } catch (cause) {
    throw new Error(`there is no process ${pid} here, or no /proc`, { cause });
  }
}
