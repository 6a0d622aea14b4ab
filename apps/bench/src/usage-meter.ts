import { readdirSync, readFileSync } from 'node:fs';
import type { Usage } from '@ws-arena/results/trial';

interface ThreadTimes {
  readonly runNs: number;
  readonly waitNs: number;
}

interface Snapshot {
  readonly atNs: number;
  readonly threads: ReadonlyMap<string, ThreadTimes>;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly rssBytes: number;
}

const PAGE_BYTES = 4096;
const RSS_PERIOD_MS = 200;

/**
 * Measures CPU and memory of a group of processes between `start` and `stop`, from /proc (proc(5)): each thread's time
 * on a core and waiting for one from `schedstat`, resident memory from `statm`.
 */
export class UsageMeter {
  readonly #pids: () => readonly number[];
  #from: Snapshot | undefined;
  #peakBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param pids the processes, asked for again at each reading, since Nginx replaces its workers on a reload. */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
  }

  start(): void {
    this.#from = snapshot(this.#pids());
    this.#peakBytes = this.#from.rssBytes;
    this.#timer = setInterval(() => {
      this.#peakBytes = Math.max(this.#peakBytes, residentBytes(this.#pids()));
    }, RSS_PERIOD_MS);
  }

  /**
   * @param windowNs the length of the window that the figures are for; the readings were taken over nearly the same
   *   time, and are scaled to it.
   * @returns undefined where there is no /proc.
   */
  stop(windowNs: number): Usage | undefined {
    clearInterval(this.#timer);
    const from = this.#from;
    if (!from || from.threads.size === 0) return undefined;
    const to = snapshot(this.#pids());
    const wallNs = to.atNs - from.atNs;
    let runNs = 0;
    let saturation = 0;
    for (const [thread, times] of to.threads) {
      const before = from.threads.get(thread) ?? { runNs: 0, waitNs: 0 };
      const ran = times.runNs - before.runNs;
      runNs += ran;
      saturation = Math.max(saturation, (ran + times.waitNs - before.waitNs) / wallNs);
    }
    const ticks = to.userTicks + to.systemTicks - from.userTicks - from.systemTicks;
    return {
      processes: this.#pids().length,
      cpuNs: Math.round((runNs * windowNs) / wallNs),
      systemShare: ticks > 0 ? (to.systemTicks - from.systemTicks) / ticks : 0,
      saturation: Math.min(1, saturation),
      rssBytes: to.rssBytes,
      rssPeakBytes: Math.max(this.#peakBytes, to.rssBytes),
    };
  }
}

/** Resident memory of all `pids` together, in bytes; a process that is gone counts nothing. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) => sum + Number(read(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * PAGE_BYTES,
    0,
  );
}

function snapshot(pids: readonly number[]): Snapshot {
  const threads = new Map<string, ThreadTimes>();
  let userTicks = 0;
  let systemTicks = 0;
  for (const pid of pids) {
    for (const tid of threadsOf(pid)) {
      const [runNs, waitNs] = (read(`/proc/${pid}/task/${tid}/schedstat`) ?? '').split(' ').map(Number);
      if (runNs !== undefined && waitNs !== undefined) threads.set(`${pid}/${tid}`, { runNs, waitNs });
    }
    // The command name in parentheses may hold spaces: fields count from behind it; utime and stime are 14 and 15.
    const fields = read(`/proc/${pid}/stat`)?.split(') ').pop()?.split(' ') ?? [];
    userTicks += Number(fields[11] ?? 0);
    systemTicks += Number(fields[12] ?? 0);
  }
  return {
    atNs: Number(process.hrtime.bigint()),
    threads,
    userTicks,
    systemTicks,
    rssBytes: residentBytes(pids),
  };
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
