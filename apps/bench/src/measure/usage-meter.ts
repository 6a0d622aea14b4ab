import type { Usage } from '@ws-arena/results/trial';
import { gained, readCpu, readThreads, residentBytes, type ThreadReading } from './proc.ts';

const SAMPLE_MS = 200;

interface Snapshot {
  readonly threads: ThreadReading;
  readonly cpu: { readonly totalNs: number; readonly systemNs: number };
}

/** CPU and memory of a group of processes between `start` and `stop`; one that ends meanwhile counts as it was last seen. */
export class UsageMeter {
  readonly #pids: () => readonly number[];
  /** The newest reading of each process. */
  readonly #seen = new Map<number, Snapshot>();
  #from: (Snapshot & { readonly atMs: number }) | undefined;
  #peakBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param pids the processes, asked for again at each reading: those of Nginx change at a reload, those of a deploy throughout. */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
  }

  start(): void {
    this.#seen.clear();
    this.#peakBytes = 0;
    this.#sample();
    this.#from = { atMs: performance.now(), ...this.#all() };
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** What was used since `start`; undefined where there is no /proc, or after the first call. */
  stop(): Usage | undefined {
    clearInterval(this.#timer);
    const from = this.#from;
    this.#from = undefined;
    if (!from || from.threads.size === 0) return undefined;
    this.#sample();
    const to = this.#all();
    const wallNs = (performance.now() - from.atMs) * 1e6;
    const { cpuNs, busiestNs } = gained(from.threads, to.threads);
    const ticksNs = to.cpu.totalNs - from.cpu.totalNs;
    const rssBytes = residentBytes(this.#pids());
    return {
      processes: this.#pids().length,
      cpuNs,
      systemShare: ticksNs > 0 ? (to.cpu.systemNs - from.cpu.systemNs) / ticksNs : 0,
      saturation: Math.min(1, busiestNs / wallNs),
      rssBytes,
      rssPeakBytes: Math.max(this.#peakBytes, rssBytes),
    };
  }

  #sample(): void {
    const pids = this.#pids();
    for (const pid of pids) {
      const threads = readThreads([pid]);
      if (threads.size > 0) this.#seen.set(pid, { threads, cpu: readCpu([pid]) });
    }
    this.#peakBytes = Math.max(this.#peakBytes, residentBytes(pids));
  }

  #all(): Snapshot {
    const seen = [...this.#seen.values()];
    const sum = (of: 'totalNs' | 'systemNs') => seen.reduce((total, { cpu }) => total + cpu[of], 0);
    return {
      threads: new Map(seen.flatMap(({ threads }) => [...threads])),
      cpu: { totalNs: sum('totalNs'), systemNs: sum('systemNs') },
    };
  }
}
