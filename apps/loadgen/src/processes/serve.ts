import { createInterface } from 'node:readline';
import type { LoadCommand, LoadEvent } from '@ws-arena/load/protocol';
import { endWorkers, runJob } from './job.ts';
import { SliceSession } from './slice-session.ts';

/**
 * Does what lines on stdin ask for (`LoadCommand`), and prints `LoadEvent`s as lines on stdout; the process stays warm in
 * between. Resolves when stdin ends, which is also what the death of the parent looks like.
 */
export async function serve(): Promise<void> {
  print({ event: 'ready', pid: process.pid });
  const desk = new Desk();
  for await (const text of createInterface({ input: process.stdin })) {
    if (text.trim() === '') continue;
    const command = parse(text);
    if (command) desk.take(command);
    else print({ event: 'error', id: '', message: `not a command: ${text.slice(0, 80)}` });
  }
  // Nobody is left to read a result: a job under way is given up.
  await endWorkers();
  process.exit(0);
}

interface OpenSession {
  readonly stop: AbortController;
  /** Resolves to undefined when it could not be opened. */
  readonly opened: Promise<SliceSession | undefined>;
}

interface QueuedJob {
  readonly stop: AbortController;
  /** Leaves the step that is held. */
  go: () => void;
}

/** Open sessions and jobs by their ids. One of them at a time is under load: jobs wait for their turn, slices do not. */
class Desk {
  readonly #sessions = new Map<string, OpenSession>();
  readonly #jobs = new Map<string, QueuedJob>();
  #lastTurn: Promise<void> = Promise.resolve();
  /** The id whose slice runs. */
  #slicing: string | undefined;

  take(command: LoadCommand): void {
    void this.#carryOut(command).catch((error: unknown) => fail(command.id, error));
  }

  async #carryOut(command: LoadCommand): Promise<void> {
    const { id } = command;
    switch (command.do) {
      case 'open':
        return this.#open(command);
      case 'slice':
        return this.#slice(command);
      case 'close':
        return this.#close(id);
      case 'run':
        return this.#run(command);
      case 'go':
        return this.#job(id).go();
      case 'stop':
        return this.#stop(this.#job(id));
      default:
        throw new Error(
          `unknown command ${JSON.stringify((command as { do: unknown }).do)}; wanted: open, slice, close, run, go or stop`,
        );
    }
  }

  async #open({ id, spec }: LoadCommand & { do: 'open' }): Promise<void> {
    this.#checkNew(id);
    const stop = new AbortController();
    const opening = SliceSession.open(spec, stop.signal);
    this.#sessions.set(id, { stop, opened: opening.catch(() => undefined) });
    try {
      const { connections, extensions } = await opening;
      print({ event: 'opened', id, connections, extensions });
    } catch (error) {
      this.#sessions.delete(id);
      throw error;
    }
  }

  async #slice({ id, slice }: LoadCommand & { do: 'slice' }): Promise<void> {
    const { opened } = this.#session(id);
    const busy = this.#slicing ?? this.#jobs.keys().next().value;
    if (busy !== undefined) throw new Error(`${busy} is under load; one slice or job runs at a time`);
    this.#slicing = id;
    const end = this.#takeTurn();
    try {
      const session = await opened;
      if (!session) throw new Error(`the session ${id} could not be opened`);
      const result = await session.slice(slice);
      this.#slicing = undefined;
      print({ event: 'sliced', id, slice: result });
    } catch (error) {
      // Printed before `closed`, which waits for the end of the turn.
      fail(id, error);
    } finally {
      this.#slicing = undefined;
      end();
    }
  }

  async #close(id: string): Promise<void> {
    const { stop, opened } = this.#session(id);
    stop.abort();
    if (this.#slicing === id) await this.#lastTurn;
    (await opened)?.close();
    this.#sessions.delete(id);
    print({ event: 'closed', id });
  }

  async #run({ id, spec }: LoadCommand & { do: 'run' }): Promise<void> {
    this.#checkNew(id);
    const job: QueuedJob = { stop: new AbortController(), go: () => {} };
    this.#jobs.set(id, job);
    const before = this.#lastTurn;
    const end = this.#takeTurn();
    await before;
    try {
      const result = await runJob(spec, {
        emit: (event) => print({ ...event, id }),
        go: () =>
          new Promise((resolve) => {
            job.go = resolve;
            if (job.stop.signal.aborted) resolve();
          }),
        stop: job.stop.signal,
      });
      this.#jobs.delete(id);
      print({ event: 'result', id, result });
    } finally {
      this.#jobs.delete(id);
      end();
    }
  }

  #stop({ stop, go }: QueuedJob): void {
    stop.abort();
    go();
  }

  /** Takes the next turn under load; the returned function ends it. */
  #takeTurn(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurn = promise;
    return resolve;
  }

  #checkNew(id: string): void {
    if (this.#sessions.has(id) || this.#jobs.has(id)) throw new Error(`the id ${id} is taken`);
  }

  #session(id: string): OpenSession {
    const session = this.#sessions.get(id);
    if (!session) throw new Error(`no session ${id} is open`);
    return session;
  }

  #job(id: string): QueuedJob {
    const job = this.#jobs.get(id);
    if (!job) throw new Error(`no job ${id} is under way`);
    return job;
  }
}

function parse(text: string): LoadCommand | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isCommand = typeof value === 'object' && value !== null && 'do' in value && 'id' in value;
    return isCommand && typeof value.id === 'string' ? (value as LoadCommand) : undefined;
  } catch {
    return undefined;
  }
}

function fail(id: string, error: unknown): void {
  print({ event: 'error', id, message: error instanceof Error ? error.message : String(error) });
}

function print(event: LoadEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
