import { randomBytes } from 'node:crypto';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { JobClient } from '../processes/control.ts';
import { checked } from '../processes/job.ts';
import { resultOf } from '../processes/job-result.ts';
import { workerCount } from '../processes/worker-count.ts';
import type { Share } from '../processes/worker-pool.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { agentsWord, type FleetOptions } from './fleet-options.ts';
import { FleetRun } from './fleet-run.ts';
import { Observers } from './observers.ts';
import { connectRedis } from './redis.ts';
import { withFileNames } from './shared-files.ts';

/** Between the order to start and the start, in milliseconds: every agent must have heard of it by then. */
const START_LEAD_MS = 2000;

/**
 * Does one job on agents that wait at Redis, and resolves to what they measured together. An agent that is lost in
 * mid-run is an `agent-lost` warning, and the others' results are kept.
 * @throws Error in one sentence when too few come, one refuses, or nothing could be measured.
 */
export async function runFleet(
  spec: LoadSpec,
  client: JobClient,
  options: FleetOptions,
): Promise<LoadResult> {
  const { spec: named, files } = withFileNames(spec);
  const closed = new AbortController();
  const redis = await connectRedis(options.redisUrl, closed.signal);
  const name = randomBytes(4).toString('hex');
  let run: FleetRun | undefined;
  let observers: Observers | undefined;
  try {
    run = new FleetRun(redis, name, client, options);
    observers = new Observers(redis, name, options.observers ?? []);
    await observers.greet();
    const agents = await run.gather();
    const shares = sharesOf(spec, run.fewestDescriptors, agents);
    run.hand(shares.map((share) => ({ kind: 'job', spec: named, files, share })));
    await run.connected();
    const atMs = await run.start(START_LEAD_MS);
    const { fromNs, toNs } = scheduleOf(spec, 0, 1);
    observers.watch(atMs + fromNs / 1e6, atMs + toNs / 1e6);
    const results = await run.results();
    const merged = resultOf(spec, results, client.stop.aborted);
    const observed = await observers.reports();
    const lost = run.lost.map((detail) => ({ kind: 'agent-lost' as const, detail }));
    return checked(spec, {
      ...merged,
      generator: { ...merged.generator, agents: run.reports },
      ...(observed.length > 0 && { observed }),
      warnings: [...lost, ...merged.warnings],
    });
  } finally {
    await run?.end();
    await observers?.end();
    closed.abort();
  }
}

/** The processes of each agent. @throws Error in one sentence when the job is too small for so many. */
function sharesOf(spec: LoadSpec, descriptors: number, agents: number): Share[] {
  const of = workerCount(spec, descriptors, agents);
  if (of < agents)
    throw new Error(
      spec.load.kind === 'limit'
        ? `--limit is found by one process, and cannot be shared by ${agentsWord(agents)}`
        : `${of} connections cannot be shared by ${agentsWord(agents)}; wanted: at least ${agents} connections`,
    );
  return Array.from({ length: agents }, (_, part) => {
    const first = Math.floor((part * of) / agents);
    return { first, count: Math.floor(((part + 1) * of) / agents) - first, of };
  });
}
