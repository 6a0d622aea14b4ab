import type { Usage } from '@ws-arena/results/trial';
import { gained, readCpu, readThreads, residentBytes, type ThreadReading } from './proc.ts';

const MEMORY_PERIOD_MS = 200;

interface Snapshot {
  readonly atMs: number;
  readonly threads: ThreadReading;
  readonly cpu: { readonly totalNs: number; readonly systemNs: number };
}

/** CPU and memory of a group of processes between `start` and `stop`. */
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
    this.#from = this.#snapshot();
    this.#peakBytes = residentBytes(this.#pids());
    this.#timer = setInterval(() => {
      this.#peakBytes = Math.max(this.#peakBytes, residentBytes(this.#pids()));
    }, MEMORY_PERIOD_MS);
  }

  /** What was used since `start`; undefined where there is no /proc, or after the first call. */
  stop(): Usage | undefined {
    clearInterval(this.#timer);
    const from = this.#from;
    this.#from = undefined;
    if (!from || from.threads.size === 0) return undefined;
    const to = this.#snapshot();
    const wallNs = (to.atMs - from.atMs) * 1e6;
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

  #snapshot(): Snapshot {
    const pids = this.#pids();
    return { atMs: performance.now(), threads: readThreads(pids), cpu: readCpu(pids) };
  }
}
