import { readFileSync } from 'node:fs';
import type { LoadSpec } from '@ws-arena/load/load-spec';

/** Descriptors that a process keeps for itself: Node's own, its pipes, and connections that are still closing. */
const RESERVED = 200;

/** How many descriptors a process may have (Node raises its soft limit to the hard one); 1024 where `/proc` does not say. */
export function descriptorLimit(): number {
  try {
    const limit = /Max open files\s+(\d+|unlimited)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === 'unlimited' ? 1_048_576 : Number(limit ?? 1024);
  } catch {
    return 1024;
  }
}

/**
 * How many processes do the job, on all of `machines` together; `spec.processes` is of each.
 * @throws Error when the processes that were asked for cannot hold its connections, or cannot share its load.
 */
export function workerCount(spec: LoadSpec, descriptors: number, machines = 1): number {
  const { load } = spec;
  const connections =
    load.kind === 'hold'
      ? Math.max(0, ...load.steps)
      : load.kind === 'connect'
        ? load.concurrency
        : spec.connections;
  const each = descriptors - RESERVED;
  const needed = Math.max(1, Math.ceil(connections / each / machines));
  const where = machines > 1 ? ` on each of ${machines} agents` : '';
  if (spec.processes > 0 && spec.processes < needed) {
    throw new Error(
      `${connections} connections need ${needed} generator processes${where}, for a process may have ${descriptors} descriptors here and keeps ${RESERVED} for itself; processes is ${spec.processes}; wanted: 0 (as many as are needed) or at least ${needed}`,
    );
  }
  const workers = load.kind === 'limit' ? 1 : (spec.processes || needed) * machines;
  if (load.kind === 'broadcast' && load.ratePerSec === 0 && workers > 1) {
    throw new Error(
      `a broadcast that waits for every member runs in one process, and ${workers} are asked for; wanted: a ratePerSec above 0, or ${machines > 1 ? '1 agent' : `at most ${each} connections`}`,
    );
  }
  const rooms = load.kind === 'broadcast' ? (load.rooms ?? 1) : 0;
  if (connections < rooms * workers)
    throw new Error(
      `${connections} connections cannot fill ${rooms} rooms in ${workers} processes: each process has a member of each room; wanted: at least ${rooms * workers} connections`,
    );
  if (load.kind === 'broadcast' && load.slow && workers > 1)
    throw new Error(
      `slow members are of one process, and ${workers} are asked for; wanted: ${machines > 1 ? '1 agent with ' : ''}processes 1`,
    );
  return Math.max(1, Math.min(workers, connections));
}
