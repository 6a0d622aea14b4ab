import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { nowNs } from './clock.ts';
import type { Tally } from './control.ts';
import type { JobClient } from './job.ts';
import { scheduleFrom } from './schedule.ts';
import type { ShareResult } from './share-result.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

const entry = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Time for the schedule to reach every worker before the load begins. */
const SCHEDULE_LEAD_NS = 20e6;

/** Worker processes, kept warm from job to job. They end with this process, however it ends. */
export class WorkerPool {
  readonly #workers: ChildProcess[] = [];

  /**
   * Does `spec` in `parts` processes, all in step.
   * @throws Error in one sentence when a worker failed or died; the others are stopped.
   */
  async run(spec: LoadSpec, parts: number, client: JobClient): Promise<ShareResult[]> {
    while (this.#workers.length < parts) this.#workers.push(this.#start());
    const workers = this.#workers.slice(0, parts);
    const pids = workers.map((worker) => worker.pid!);
    const step = new Step(spec, client, [process.pid, ...pids], (message) => {
      for (const worker of workers) if (worker.connected) worker.send(message);
    });
    client.stop.addEventListener('abort', () => step.stop(), { once: true });
    const tallies = client.progress !== undefined;
    const shares = await Promise.allSettled(
      workers.map((worker, part) => share(worker, { kind: 'job', spec, part, parts, tallies }, step)),
    );
    const failure = shares.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
    return shares.map((outcome) => (outcome as PromiseFulfilledResult<ShareResult>).value);
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
    const ended = this.#workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of this.#workers) worker.disconnect();
    await Promise.all(ended);
  }
}

/** One worker's share: resolves to its result. */
function share(worker: ChildProcess, job: ToWorker & { kind: 'job' }, step: Step): Promise<ShareResult> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromWorker) => {
      if (message.kind === 'result') finish(() => resolve(message.share));
      else if (message.kind === 'error') fail(message.message);
      else if (message.kind === 'tally') step.tally(job.part, message.tally);
      else step.hear(message, job.parts);
    };
    const died = (code: number | null, signal: NodeJS.Signals | null) =>
      fail(`generator process ${worker.pid} ended: ${signal ?? `exit code ${code}`}`);
    // The others would wait for this one without end.
    const fail = (message: string) => {
      finish(() => reject(new Error(message)));
      step.stop();
    };
    const finish = (settle: () => void) => {
      worker.off('message', hear).off('exit', died);
      settle();
    };
    worker.on('message', hear).on('exit', died);
    worker.send(job);
  });
}

/** Keeps workers in step: a step is taken when every worker has come to it. */
class Step {
  readonly #spec: LoadSpec;
  readonly #client: JobClient;
  readonly #pids: readonly number[];
  readonly #tell: (message: ToWorker) => void;
  #arrived = 0;
  #connections = 0;
  readonly #tallies: (Tally | undefined)[] = [];

  constructor(spec: LoadSpec, client: JobClient, pids: readonly number[], tell: (message: ToWorker) => void) {
    this.#spec = spec;
    this.#client = client;
    this.#pids = pids;
    this.#tell = tell;
  }

  hear(message: Exclude<FromWorker, { kind: 'result' | 'error' | 'tally' }>, parts: number): void {
    if ('connections' in message) this.#connections += message.connections;
    if (++this.#arrived < parts) return;
    const connections = this.#connections;
    this.#arrived = 0;
    this.#connections = 0;
    if (message.kind === 'connected') {
      this.#client.emit({ event: 'connected', connections });
      this.#tell({
        kind: 'schedule',
        schedule: scheduleFrom(nowNs() + SCHEDULE_LEAD_NS, this.#spec, connections),
      });
    } else if (message.kind === 'held') {
      this.#client.emit({ event: 'held', connections });
      void this.#client.go().then(() => this.#tell({ kind: 'go' }));
    } else if (message.kind === 'measuring') this.#client.emit({ event: 'measuring', pids: this.#pids });
    else this.#client.emit({ event: 'measured' });
  }

  /** The newest tally of a worker; each of the first worker's is answered by the sum of all. */
  tally(part: number, tally: Tally): void {
    this.#tallies[part] = tally;
    if (part !== 0) return;
    const sum = (name: keyof Tally) => this.#tallies.reduce((total, one) => total + (one?.[name] ?? 0), 0);
    this.#client.progress?.({
      connections: sum('connections'),
      sent: sum('sent'),
      received: sum('received'),
    });
  }

  stop(): void {
    this.#tell({ kind: 'stop' });
  }
}
