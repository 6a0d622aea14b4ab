import { nowNs } from '../schedule/clock.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Control } from './control.ts';
import { runProcess } from './process-job.ts';
import type { FromWorker, ToWorker } from './worker-message.ts';

/* A worker process: does its part of one job after the other, in step with the coordinator that forked it. */

let stop = new AbortController();
let scheduled: (schedule: Schedule) => void = () => {};
let released: () => void = () => {};

process.on('message', (message: ToWorker) => {
  if (message.kind === 'job') void work(message);
  else if (message.kind === 'schedule') scheduled(message.schedule);
  else if (message.kind === 'go') released();
  else {
    stop.abort();
    scheduled(overNow());
    released();
  }
});
// Ctrl-C goes to the whole process group: the coordinator answers it, and asks for what was measured until then.
process.on('SIGINT', () => {});
// The coordinator has gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));

async function work(job: ToWorker & { kind: 'job' }): Promise<void> {
  stop = new AbortController();
  try {
    tell({ kind: 'result', result: await runProcess(job.spec, control(job)) });
  } catch (error) {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

function control({ worker, workers, tallies }: ToWorker & { kind: 'job' }): Control {
  const { signal } = stop;
  return {
    worker,
    workers,
    stop: signal,
    connected(connections) {
      tell({ kind: 'connected', connections });
      return new Promise((resolve) => {
        scheduled = resolve;
        if (signal.aborted) resolve(overNow());
      });
    },
    held(connections) {
      tell({ kind: 'held', connections });
      return release(signal);
    },
    over: () => release(signal),
    measuring: () => tell({ kind: 'measuring' }),
    measured: () => tell({ kind: 'measured' }),
    tally: tallies ? (tally) => tell({ kind: 'tally', tally }) : undefined,
  };
}

/** Resolves when the coordinator says go. */
function release(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    released = resolve;
    if (signal.aborted) resolve();
  });
}

/** For a job that was stopped before its load began. */
function overNow(): Schedule {
  const now = nowNs();
  return { startNs: now, fromNs: now, toNs: now };
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
