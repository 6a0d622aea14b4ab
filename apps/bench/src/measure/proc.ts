import { readdirSync, readFileSync } from 'node:fs';

/*
 * What /proc says of processes and of the machine: proc(5), and the kernel's Documentation/scheduler/sched-stats.rst for
 * `schedstat`. Everything is 0 or empty where there is no /proc.
 */

/** The clock tick of `utime`, `stime` and /proc/stat: USER_HZ is 100 on every Linux. */
const TICK_NS = 10_000_000;

/** Time of a thread on a core, and waiting for one, since its start. */
interface ThreadTimes {
  readonly runNs: number;
  readonly waitNs: number;
}

/** The times of all threads of some processes at one moment. */
export type ThreadReading = ReadonlyMap<string, ThreadTimes>;

/** @param pids processes; one that is gone has no threads. */
export function readThreads(pids: readonly number[]): ThreadReading {
  const threads = new Map<string, ThreadTimes>();
  for (const pid of pids) {
    for (const tid of entries(`/proc/${pid}/task`)) {
      const [runNs, waitNs] = read(`/proc/${pid}/task/${tid}/schedstat`).split(' ').map(Number);
      if (runNs !== undefined && waitNs !== undefined) threads.set(`${pid}/${tid}`, { runNs, waitNs });
    }
  }
  return threads;
}

/** What the threads gained between two readings: CPU time of all, and run and wait time of the busiest, in nanoseconds. */
export function gained(from: ThreadReading, to: ThreadReading): { cpuNs: number; busiestNs: number } {
  let cpuNs = 0;
  let busiestNs = 0;
  for (const [thread, times] of to) {
    const before = from.get(thread) ?? { runNs: 0, waitNs: 0 };
    const ranNs = times.runNs - before.runNs;
    cpuNs += ranNs;
    busiestNs = Math.max(busiestNs, ranNs + times.waitNs - before.waitNs);
  }
  return { cpuNs, busiestNs };
}

/** CPU time that processes have used since their start, in nanoseconds, and how much of it in the kernel. In steps of 10 ms. */
export function readCpu(pids: readonly number[]): { readonly totalNs: number; readonly systemNs: number } {
  let user = 0;
  let system = 0;
  for (const pid of pids) {
    // The command name in parentheses may hold spaces: fields count from behind it; utime and stime are 14 and 15.
    const fields = read(`/proc/${pid}/stat`).split(') ').pop()?.split(' ') ?? [];
    user += Number(fields[11] ?? 0);
    system += Number(fields[12] ?? 0);
  }
  return { totalNs: (user + system) * TICK_NS, systemNs: system * TICK_NS };
}

/** Resident memory of all `pids` together, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
    return sum + Number(kib ?? 0) * 1024;
  }, 0);
}

/** Processes whose parent is `pid`'s main thread. */
export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** A process and all that descend from it: a command such as `npm start` has the server as its child. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** The machine's own counters at one moment, in nanoseconds since its start, over all cores. */
export interface MachineReading {
  /** Cores at work for anybody, steal not included. */
  readonly busyNs: number;
  /** Time that the hypervisor gave to others. */
  readonly stealNs: number;
  /** Time in which some task waited for a core. */
  readonly pressureNs: number;
}

/** /proc/stat and /proc/pressure/cpu. */
export function readMachine(): MachineReading {
  const [, ...columns] = (/^cpu .*$/m.exec(read('/proc/stat'))?.[0] ?? '').split(/\s+/);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = columns.map(Number);
  const pressureUs = /^some .*total=(\d+)$/m.exec(read('/proc/pressure/cpu'))?.[1];
  return {
    busyNs: (user + nice + system + irq + softirq) * TICK_NS,
    stealNs: steal * TICK_NS,
    pressureNs: Number(pressureUs ?? 0) * 1000,
  };
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
