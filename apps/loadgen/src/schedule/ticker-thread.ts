import { parentPort, workerData } from 'node:worker_threads';
import { nowNs } from './clock.ts';
import { pacerOf } from './pacer.ts';
import { SHORTEST_TICK_NS, STOP, TICKS, type TickJob } from './tick-plan.ts';

/*
 * The ticker's thread: follows the same schedule as the thread that sends, sleeps until the next message is due, and
 * wakes it.
 */

const cells = new Int32Array(workerData as SharedArrayBuffer);

parentPort!.on('message', (job: TickJob) => {
  const pacer = pacerOf(job.pace);
  for (let nextNs = job.startNs + pacer.nextNs; nextNs < job.toNs; ) {
    const waitMs = (nextNs - nowNs()) / 1e6;
    if (waitMs > 0) Atomics.wait(cells, STOP, 0, waitMs);
    if (Atomics.load(cells, STOP) !== 0) break;
    Atomics.add(cells, TICKS, 1);
    Atomics.notify(cells, TICKS);
    do pacer.advance();
    while (job.startNs + pacer.nextNs <= nextNs);
    nextNs = Math.max(job.startNs + pacer.nextNs, nextNs + SHORTEST_TICK_NS, nowNs());
  }
  parentPort!.postMessage('idle');
});
parentPort!.postMessage('idle');
