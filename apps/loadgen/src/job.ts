import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { LoadEvent } from '@ws-arena/load/protocol';
import { nowNs } from './clock.ts';
import { type Control, TALLY_MS, type Tally } from './control.ts';
import { resultOf } from './job-result.ts';
import { noConnection } from './no-connection.ts';
import { descriptorLimit, partsOf } from './parts.ts';
import { scheduleFrom } from './schedule.ts';
import { runShare } from './share.ts';
import type { ShareResult } from './share-result.ts';
import { WorkerPool } from './worker-pool.ts';

/** What is told of a job while it is done. */
export type JobEvent = Without<
  Extract<LoadEvent, { event: 'connected' | 'held' | 'measuring' | 'measured' }>,
  'id'
>;
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Whoever asked for a job. */
export interface JobClient {
  emit(event: JobEvent): void;
  /** How far the job is, about once a second; absent for a client that does not look. */
  progress?(tally: Tally): void;
  /** Resolves when a `held` step may be left. */
  go(): Promise<void>;
  /** Aborted to end the job early; the result then holds what was measured until then. */
  readonly stop: AbortSignal;
}

/** Generator processes that a job is spread over; kept from job to job. */
const pool = new WorkerPool();

/**
 * Does one job, and resolves to what was measured.
 * @throws Error in one sentence when nothing could be measured.
 */
export async function runJob(spec: LoadSpec, client: JobClient): Promise<LoadResult> {
  const parts = partsOf(spec, descriptorLimit());
  const shares = parts === 1 ? [await runAlone(spec, client)] : await pool.run(spec, parts, client);
  const result = resultOf(spec, shares, client.stop.aborted);
  const { opened, asked, failed } = result.connections;
  if (opened === 0 && asked > 0) throw new Error(noConnection(spec, failed));
  return result;
}

/** Ends the generator processes that jobs have started. */
export function endWorkers(): Promise<void> {
  return pool.close();
}

async function runAlone(spec: LoadSpec, client: JobClient): Promise<ShareResult> {
  let look: NodeJS.Timeout | undefined;
  const watch = (tally: () => Tally) => {
    look = setInterval(() => client.progress?.(tally()), TALLY_MS);
  };
  try {
    return await runShare(spec, { ...soleControl(spec, client), ...(client.progress && { watch }) });
  } finally {
    clearInterval(look);
  }
}

/** The control of a job that this process does alone. */
function soleControl(spec: LoadSpec, client: JobClient): Control {
  return {
    part: 0,
    parts: 1,
    stop: client.stop,
    async connected(connections) {
      client.emit({ event: 'connected', connections });
      return scheduleFrom(nowNs(), spec, connections);
    },
    async held(connections) {
      client.emit({ event: 'held', connections });
      const stopped = new Promise<void>((resolve) => {
        if (client.stop.aborted) resolve();
        else client.stop.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([client.go(), stopped]);
    },
    measuring: () => client.emit({ event: 'measuring', pids: [process.pid] }),
    measured: () => client.emit({ event: 'measured' }),
  };
}
