import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import { nowNs } from '../schedule/clock.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import type { Control, JobClient } from './control.ts';
import { resultOf } from './job-result.ts';
import { noConnection } from './no-connection.ts';
import { runProcess } from './process-job.ts';
import { descriptorLimit, workerCount } from './worker-count.ts';
import { WorkerPool } from './worker-pool.ts';

/** Generator processes that a job is spread over; kept from job to job. */
const pool = new WorkerPool();

/**
 * Does one job, and resolves to what was measured.
 * @throws Error in one sentence when nothing could be measured.
 */
export async function runJob(spec: LoadSpec, client: JobClient): Promise<LoadResult> {
  const workers = workerCount(spec, descriptorLimit());
  const results =
    workers === 1
      ? [await runProcess(spec, soleControl(spec, client))]
      : await pool.run(spec, { first: 0, count: workers, of: workers }, client);
  return checked(spec, resultOf(spec, results, client.stop.aborted));
}

/** `result` as it is. @throws Error in one sentence when no connection could be opened. */
export function checked(spec: LoadSpec, result: LoadResult): LoadResult {
  const { opened, asked, failed } = result.connections;
  if (opened === 0 && asked > 0) throw new Error(noConnection(spec, failed));
  return result;
}

/** Ends the generator processes that jobs have started. */
export function endWorkers(): Promise<void> {
  return pool.close();
}

/** The control of a job that this process does alone. */
function soleControl(spec: LoadSpec, client: JobClient): Control {
  return {
    worker: 0,
    workers: 1,
    stop: client.stop,
    async connected(connections) {
      client.emit({ event: 'connected', connections });
      return scheduleOf(spec, nowNs(), connections);
    },
    held(connections) {
      client.emit({ event: 'held', connections });
      return client.go();
    },
    over: () => client.go(),
    measuring: () => client.emit({ event: 'measuring', pids: [process.pid] }),
    measured: () => client.emit({ event: 'measured' }),
    tally: client.progress && ((tally) => client.progress?.(tally)),
  };
}
