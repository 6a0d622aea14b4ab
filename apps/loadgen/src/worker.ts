import { nowNs } from './clock.ts';
import type { Control, Schedule } from './control.ts';
import { runShare } from './share.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

/* A worker process: does its share of one job after the other, in step with the coordinator that forked it. */

let stop = new AbortController();
let scheduled: (schedule: Schedule) => void = () => {};
let released: () => void = () => {};

process.on('message', (message: ToWorker) => {
  if (message.kind === 'job') void work(message);
  else if (message.kind === 'schedule') scheduled(message.schedule);
  else if (message.kind === 'go') released();
  else {
    stop.abort();
    scheduled(emptySchedule());
    released();
  }
});
// The coordinator has gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));

async function work(job: ToWorker & { kind: 'job' }): Promise<void> {
  stop = new AbortController();
  try {
    tell({ kind: 'result', share: await runShare(job.spec, control(job.part, job.parts)) });
  } catch (error) {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

function control(part: number, parts: number): Control {
  return {
    part,
    parts,
    stop: stop.signal,
    connected: (connections) =>
      new Promise((resolve) => {
        scheduled = resolve;
        tell({ kind: 'connected', connections });
        if (stop.signal.aborted) resolve(emptySchedule());
      }),
    held: (connections) =>
      new Promise((resolve) => {
        released = resolve;
        tell({ kind: 'held', connections });
        if (stop.signal.aborted) resolve();
      }),
    measuring: () => tell({ kind: 'measuring' }),
    measured: () => tell({ kind: 'measured' }),
  };
}

/** For a job that was stopped before its load began. */
function emptySchedule(): Schedule {
  const now = nowNs();
  return { startNs: now, fromNs: now, toNs: now };
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
