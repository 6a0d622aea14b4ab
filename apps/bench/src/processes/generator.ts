import { repoRoot } from '@ws-arena/contract/repo-root';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { LoadCommand, LoadEvent } from '@ws-arena/load/protocol';
import type { SliceResult, SliceSpec } from '@ws-arena/load/slice';
import { LineProcess } from './line-process.ts';

/** What the runner does while a job goes through its phases. */
export interface LoadHooks {
  readonly measuring?: () => void;
  readonly measured?: () => void;
  /** At each step of a `hold`; the generator goes on when it resolves. */
  readonly held?: (connections: number) => Promise<void>;
  /** A window that lasts `untilGo` ends when it resolves. */
  readonly over?: Promise<void>;
}

/** Connections that the generator keeps open between slices. */
export interface LoadSession {
  readonly id: string;
  /** How many could be opened. */
  readonly connections: number;
  /** What the server put in Sec-WebSocket-Extensions, empty for none. */
  readonly extensions: string;
}

/** How long a job that is stopped may take to say what it measured, in milliseconds. */
const STOP_PATIENCE_MS = 1500;

/** The job could not be done: the generator's own sentence, or how its process ended. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';
}

/** An event that answers a command. */
type Answer = Extract<LoadEvent, { event: 'opened' | 'sliced' | 'closed' | 'result' }>;

interface Pending {
  readonly id: string;
  readonly wanted: Answer['event'];
  readonly hooks: LoadHooks;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: GeneratorError) => void;
}

/** One load generator process, kept over many jobs and sessions so that its code is warm in each of them. */
export class Generator {
  readonly #process: LineProcess;
  /** What is waited for, the oldest first. */
  #pending: Pending[] = [];
  #pids: readonly number[] = [];
  #ids = 0;
  #how = '';

  private constructor(process: LineProcess, ready: () => void) {
    this.#process = process;
    process.onLine = (line) => {
      const event = line as LoadEvent;
      if (event.event !== 'ready') this.#hear(event);
      else {
        this.#pids = [event.pid];
        ready();
      }
    };
    void process.exited.then((how) => {
      this.#how = `the load generator ${how}`;
      for (const { reject } of this.#pending) reject(new GeneratorError(this.#how));
      this.#pending = [];
    });
  }

  /**
   * @param prefix what stands before the command, such as `taskset -c 1`.
   * @param stop gives the start up: rejects with its reason, once the process has ended.
   * @param root the checkout that it is of.
   * @throws GeneratorError when its process ends before it is ready.
   */
  static start(prefix: readonly string[], stop?: AbortSignal, root = repoRoot): Promise<Generator> {
    const command = [...prefix, process.execPath, '--single-threaded', 'apps/loadgen/src/main.ts', '--serve'];
    const child = new LineProcess(command, root);
    const giveUp = () => child.child.kill('SIGKILL');
    if (stop?.aborted) giveUp();
    stop?.addEventListener('abort', giveUp);
    return new Promise<Generator>((resolve, reject) => {
      const generator = new Generator(child, () => resolve(generator));
      void child.exited.then((how) =>
        reject(stop?.aborted ? stop.reason : new GeneratorError(`the load generator ${how}`)),
      );
    }).finally(() => stop?.removeEventListener('abort', giveUp));
  }

  /** Its own process, and those of the newest job, as that has told them with `measuring`. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /** Opens the connections of `spec`, and keeps them. @throws GeneratorError when none could be opened, or the generator ended. */
  async open(spec: LoadSpec): Promise<LoadSession> {
    const id = this.#newId('session');
    const { connections, extensions } = await this.#ask({ do: 'open', id, spec }, 'opened');
    return { id, connections, extensions };
  }

  /** Loads an open session once. @throws GeneratorError when it has no connection left, or the generator ended. */
  async slice({ id }: LoadSession, slice: SliceSpec): Promise<SliceResult> {
    return (await this.#ask({ do: 'slice', id, slice }, 'sliced')).slice;
  }

  /** Closes the connections of a session. @throws GeneratorError when the generator ended. */
  async close({ id }: LoadSession): Promise<void> {
    await this.#ask({ do: 'close', id }, 'closed');
  }

  /**
   * Does one job.
   * @param stop ends it early: the result then holds what was measured until then. One that does not come soon, as when
   * a hundred thousand connections are to be ended first, is not waited for: the generator is killed.
   * @throws GeneratorError when the job failed or the generator ended.
   */
  async run(spec: LoadSpec, hooks: LoadHooks = {}, stop?: AbortSignal): Promise<LoadResult> {
    const id = this.#newId('job');
    let patience: NodeJS.Timeout | undefined;
    const onStop = () => {
      this.#tell({ do: 'stop', id });
      patience = setTimeout(() => this.#process.child.kill('SIGKILL'), STOP_PATIENCE_MS);
    };
    stop?.addEventListener('abort', onStop, { once: true });
    try {
      const answer = this.#ask({ do: 'run', id, spec }, 'result', hooks);
      void hooks.over?.then(() => this.#tell({ do: 'go', id }));
      if (stop?.aborted) onStop();
      return (await answer).result;
    } finally {
      clearTimeout(patience);
      stop?.removeEventListener('abort', onStop);
    }
  }

  /** Whether its process has ended. */
  get ended(): boolean {
    return this.#process.ended;
  }

  /** Closes its stdin, which ends it; killed after `patienceMs`. */
  end(patienceMs = 2000): Promise<void> {
    return this.#process.end(patienceMs);
  }

  #newId(kind: string): string {
    return `${kind} ${++this.#ids}`;
  }

  #tell(command: LoadCommand): void {
    this.#process.send(command);
  }

  /** Sends a command; resolves to the event that answers it, whatever else is under way. */
  async #ask<E extends Answer['event']>(
    command: LoadCommand,
    wanted: E,
    hooks: LoadHooks = {},
  ): Promise<Extract<Answer, { event: E }>> {
    if (this.#how !== '') throw new GeneratorError(this.#how);
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#pending.push({ id: command.id, wanted, hooks, resolve, reject });
      this.#tell(command);
    });
    return answer as Extract<Answer, { event: E }>;
  }

  #hear(event: Exclude<LoadEvent, { event: 'ready' }>): void {
    const ofId = this.#pending.filter(({ id }) => id === event.id);
    const answered = ofId.find(({ wanted }) => event.event === 'error' || event.event === wanted);
    this.#pending = this.#pending.filter((pending) => pending !== answered);
    if (event.event === 'error') answered?.reject(new GeneratorError(event.message));
    else if (answered) answered.resolve(event as Answer);
    else if (ofId[0]) this.#phase(event, ofId[0].hooks);
  }

  #phase(event: Exclude<LoadEvent, { event: 'ready' }>, hooks: LoadHooks): void {
    if (event.event === 'measuring') {
      this.#pids = event.pids;
      hooks.measuring?.();
    } else if (event.event === 'measured') hooks.measured?.();
    else if (event.event === 'held') {
      const { id } = event;
      void (hooks.held?.(event.connections) ?? Promise.resolve()).then(() => this.#tell({ do: 'go', id }));
    }
  }
}
