import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { nowNs } from '../schedule/clock.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { type JobClient, sumOf, type Tally } from './control.ts';
import type { ProcessResult } from './process-result.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

/** As the published form has them, sources are JavaScript. */
const entry = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));

/** Time for the schedule to reach every worker before the load begins. */
const SCHEDULE_LEAD_NS = 20e6;

/** Processes number `first` to `first + count` of the `of` that do a job. */
export interface Share {
  readonly first: number;
  readonly count: number;
  readonly of: number;
}

/** Worker processes, kept warm from job to job. They end with this process, however it ends. */
export class WorkerPool {
  readonly #workers: ChildProcess[] = [];

  /**
   * Does `spec`, or a share of it, in `count` processes, all in step.
   * @throws Error in one sentence when a worker failed or died; the others are stopped.
   */
  async run(spec: LoadSpec, { first, count, of }: Share, client: JobClient): Promise<ProcessResult[]> {
    while (this.#workers.length < count) this.#workers.push(this.#start());
    const crew = new Crew(spec, this.#workers.slice(0, count), { first, of }, client);
    client.stop.addEventListener('abort', crew.stop, { once: true });
    try {
      return await crew.results();
    } finally {
      client.stop.removeEventListener('abort', crew.stop);
    }
  }

  #start(): ChildProcess {
    const worker = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    // A message to a worker that has just died; `exit` tells of it.
    worker.on('error', () => {});
    worker.once('exit', () => {
      const at = this.#workers.indexOf(worker);
      if (at >= 0) this.#workers.splice(at, 1);
    });
    return worker;
  }

  /** Ends every worker; resolves when they have ended. */
  async close(): Promise<void> {
    const ended = this.#workers.map((worker) => once(worker, 'exit'));
    for (const worker of this.#workers) worker.disconnect();
    await Promise.all(ended);
  }
}

/** The workers of one job, kept in step: a step is taken when every worker has come to it. */
class Crew {
  readonly #spec: LoadSpec;
  readonly #workers: readonly ChildProcess[];
  readonly #place: Pick<Share, 'first' | 'of'>;
  readonly #client: JobClient;
  readonly #tallies: Tally[] = [];
  #arrived = 0;
  #connections = 0;
  /** Why there is no schedule. */
  #unscheduled: unknown;

  constructor(
    spec: LoadSpec,
    workers: readonly ChildProcess[],
    place: Pick<Share, 'first' | 'of'>,
    client: JobClient,
  ) {
    this.#spec = spec;
    this.#workers = workers;
    this.#place = place;
    this.#client = client;
  }

  readonly stop = (): void => this.#tell({ kind: 'stop' });

  /** Runs every worker's part. When all have ended, it rejects with the error of the first that failed. */
  async results(): Promise<ProcessResult[]> {
    const outcomes = await Promise.allSettled(
      this.#workers.map((child, worker) => this.#result(child, worker)),
    );
    if (this.#unscheduled !== undefined) throw this.#unscheduled;
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  /** The result of one worker. When it fails, the others are stopped: they would wait for it without end. */
  #result(child: ChildProcess, worker: number): Promise<ProcessResult> {
    const ended = new AbortController();
    return new Promise<ProcessResult>((resolve, reject) => {
      const fail = (message: string) => {
        reject(new Error(message));
        this.stop();
      };
      const hear = (message: FromWorker) => {
        if (message.kind === 'result') resolve(message.result);
        else if (message.kind === 'error') fail(message.message);
        else if (message.kind === 'tally') this.#tally(worker, message.tally);
        else this.#arrive(message);
      };
      const died = (code: number | null, signal: NodeJS.Signals | null) =>
        fail(`generator process ${child.pid} ended: ${signal ?? `exit code ${code}`}`);
      child.on('message', hear).on('exit', died);
      ended.signal.addEventListener('abort', () => child.off('message', hear).off('exit', died));
      const tallies = this.#client.progress !== undefined;
      const { first, of } = this.#place;
      child.send({ kind: 'job', spec: this.#spec, worker: first + worker, workers: of, tallies });
    }).finally(() => ended.abort());
  }

  #passOnGo(): void {
    void this.#client.go().then(() => this.#tell({ kind: 'go' }));
  }

  #arrive(message: Extract<FromWorker, { kind: 'connected' | 'held' | 'measuring' | 'measured' }>): void {
    if ('connections' in message) this.#connections += message.connections;
    if (++this.#arrived < this.#workers.length) return;
    const connections = this.#connections;
    this.#arrived = 0;
    this.#connections = 0;
    const { kind } = message;
    if (kind === 'measured') this.#client.emit({ event: kind });
    else if (kind === 'measuring') {
      const pids = [process.pid, ...this.#workers.map((worker) => worker.pid!)];
      this.#client.emit({ event: kind, pids });
      const { load } = this.#spec;
      if (load.kind === 'open' && load.untilGo) this.#passOnGo();
    } else {
      this.#client.emit({ event: kind, connections });
      if (kind === 'held') this.#passOnGo();
      else void this.#schedule(connections);
    }
  }

  async #schedule(connections: number): Promise<void> {
    try {
      const schedule =
        (await this.#client.schedule?.(connections)) ??
        scheduleOf(this.#spec, nowNs() + SCHEDULE_LEAD_NS, connections);
      this.#tell({ kind: 'schedule', schedule });
    } catch (error) {
      this.#unscheduled = error;
      this.stop();
    }
  }

  /** The newest tally of a worker; each of the first worker's is answered by the sum of all. */
  #tally(worker: number, tally: Tally): void {
    this.#tallies[worker] = tally;
    if (worker === 0) this.#client.progress?.(sumOf(this.#tallies));
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#workers) if (worker.connected) worker.send(message);
  }
}
