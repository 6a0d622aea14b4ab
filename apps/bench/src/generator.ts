import { repoRoot } from '@ws-arena/contract/repo-root';
import type { LoadEvent, LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { LineProcess } from './line-process.ts';

/** What the runner does while a job goes through its phases. */
export interface LoadHooks {
  readonly measuring?: () => void;
  readonly measured?: () => void;
  /** At each step of a `hold`; the generator goes on when it resolves. */
  readonly held?: (connections: number) => Promise<void>;
}

/** How long a job that is stopped may take to say what it measured, in milliseconds. */
const STOP_PATIENCE_MS = 1500;

/** The job could not be done: the generator's own sentence, or how its process ended. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';
}

/** One load generator process, kept over many jobs so that its code is warm in each of them. */
export class Generator {
  readonly #process: LineProcess;
  #pids: readonly number[] = [];

  private constructor(process: LineProcess) {
    this.#process = process;
  }

  /** @param prefix what stands before the command, such as `taskset -c 1`. */
  static async start(prefix: readonly string[]): Promise<Generator> {
    const command = [...prefix, process.execPath, '--single-threaded', 'apps/loadgen/src/main.ts', '--serve'];
    const generator = new Generator(new LineProcess(command, repoRoot));
    await new Promise<void>((resolve, reject) => {
      generator.#process.onLine = (line) => {
        if ((line as LoadEvent).event === 'ready') resolve();
      };
      void generator.#process.exited.then((how) => reject(new GeneratorError(`the load generator ${how}`)));
    });
    return generator;
  }

  /** The processes of the newest job, as it has told them with `measuring`; none before the first. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /**
   * Does one job.
   * @param stop ends it early: the result then holds what was measured until then. One that does not come soon, as when
   * a hundred thousand connections are to be ended first, is not waited for: the generator is killed.
   * @throws GeneratorError when the job failed or the generator ended.
   */
  run(spec: LoadSpec, hooks: LoadHooks = {}, stop?: AbortSignal): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      let patience: NodeJS.Timeout | undefined;
      const onStop = () => {
        this.#process.send({ stop: true });
        patience = setTimeout(() => this.#process.child.kill('SIGKILL'), STOP_PATIENCE_MS);
      };
      const settle = (act: () => void) => {
        clearTimeout(patience);
        stop?.removeEventListener('abort', onStop);
        this.#process.onLine = () => {};
        act();
      };
      this.#process.onLine = (line) => {
        const event = line as LoadEvent;
        if (event.event === 'measuring') {
          this.#pids = event.pids;
          hooks.measuring?.();
        } else if (event.event === 'measured') hooks.measured?.();
        else if (event.event === 'held') {
          void (hooks.held?.(event.connections) ?? Promise.resolve()).then(() =>
            this.#process.send({ go: true }),
          );
        } else if (event.event === 'result') settle(() => resolve(event.result));
        else if (event.event === 'error') settle(() => reject(new GeneratorError(event.message)));
      };
      void this.#process.exited.then((how) =>
        settle(() => reject(new GeneratorError(`the load generator ${how}`))),
      );
      stop?.addEventListener('abort', onStop, { once: true });
      this.#process.send(spec);
      if (stop?.aborted) onStop();
    });
  }

  /** Whether its process has ended. */
  get ended(): boolean {
    return this.#process.child.exitCode !== null || this.#process.child.signalCode !== null;
  }

  /** Closes its stdin, which ends it; killed after `patienceMs`. */
  end(patienceMs = 2000): Promise<void> {
    return this.#process.end(patienceMs);
  }
}
