import { nowNs } from './clock.ts';
import { type Control, type Schedule, TALLY_MS, type Tally } from './control.ts';
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
// Ctrl-C goes to the whole process group: the coordinator answers it, and asks for what was measured until then.
process.on('SIGINT', () => {});
// The coordinator has gone: nobody is left to work for.
process.on('disconnect', () => process.exit(0));

async function work(job: ToWorker & { kind: 'job' }): Promise<void> {
  stop = new AbortController();
  let look: NodeJS.Timeout | undefined;
  const watch = (tally: () => Tally) => {
    look = setInterval(() => tell({ kind: 'tally', tally: tally() }), TALLY_MS);
  };
  try {
    const share = await runShare(job.spec, {
      ...control(job.part, job.parts),
      ...(job.tallies && { watch }),
    });
    tell({ kind: 'result', share });
  } catch (error) {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  } finally {
    clearInterval(look);
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
