import { repoRoot } from '@ws-arena/contract/repo-root';
import type { SliceResult } from '@ws-arena/load/slice';
import { LineProcess } from './line-process.ts';

/** What one slice of requests asks for. */
export interface RequestSlice {
  readonly url: string;
  readonly connections: number;
  readonly ratePerSec: number;
}

/** A process of its own that makes HTTP requests with autocannon, so that its CPU is counted and pinned like the generator's. */
export class HttpGenerator {
  readonly #process: LineProcess;

  /** @param prefix what stands before the command, such as `taskset -c 1`. */
  constructor(prefix: readonly string[]) {
    this.#process = new LineProcess(
      [...prefix, process.execPath, 'apps/bench/src/processes/http-main.ts'],
      repoRoot,
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  get ended(): boolean {
    return this.#process.ended;
  }

  /** One second of requests: autocannon knows no shorter time. @throws Error when its process ends. */
  async slice(slice: RequestSlice): Promise<SliceResult> {
    const answer = new Promise<SliceResult>((resolve, reject) => {
      this.#process.onLine = (line) => {
        if ('error' in line) reject(new Error(String(line.error)));
        else resolve(line.slice as SliceResult);
      };
      void this.#process.exited.then((how) => reject(new Error(`the HTTP generator ${how}`)));
    });
    this.#process.send(slice);
    return answer;
  }

  end(patienceMs: number): Promise<void> {
    return this.#process.end(patienceMs);
  }
}
