import { resolve } from 'node:path';
import type { LoadResult } from '@ws-arena/load/load-result';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import { type RunOutput, runOutput } from './cli/run-output.ts';
import { checkThresholds, parseThreshold } from './cli/threshold.ts';
import type { FleetOptions } from './fleet/fleet-options.ts';
import type { JobClient } from './processes/control.ts';
import { endWorkers, runJob } from './processes/job.ts';
import { readyMadeNames } from './scenario/load-scenario.ts';

/** A job: what is left out has the value of `defaultSpec`: one connection, a closed loop, 64 bytes, 1 s. */
export interface RunOptions extends Partial<Omit<LoadSpec, 'urls'>> {
  /** `ws://` or `wss://`; connections are spread over several. */
  readonly urls: readonly string[];
  /** Does the job on agents that wait at Redis (`loadgen agent`), instead of here. */
  readonly fleet?: FleetOptions;
  /** Rules as those of `--fail-if`, such as `p99>20ms`; the outcome tells which hold. */
  readonly failIf?: readonly string[];
  /** Ends the job early: the result then holds what was measured until then. */
  readonly signal?: AbortSignal;
}

/**
 * Does one job, and resolves to what `--json` prints. One job at a time is measured in a process.
 * @throws Error in one sentence when nothing could be measured, or a rule is none.
 */
export async function run({ failIf = [], signal, fleet, ...values }: RunOptions): Promise<RunOutput> {
  const thresholds = failIf.map(parseThreshold);
  const spec: LoadSpec = {
    ...defaultSpec,
    ...values,
    ...(values.scenario && { scenario: named(values.scenario) }),
  };
  const stop = signal ?? new AbortController().signal;
  try {
    const client: JobClient = { emit: () => {}, go: async () => {}, stop };
    const result = fleet ? await onFleet(spec, client, fleet) : await runJob(spec, client);
    return runOutput(spec, result, checkThresholds(thresholds, result));
  } finally {
    await endWorkers();
  }
}

async function onFleet(spec: LoadSpec, client: JobClient, fleet: FleetOptions): Promise<LoadResult> {
  const { runFleet } = await import('./fleet/coordinator.ts');
  return runFleet(spec, client, fleet);
}

function named({ name, params }: NonNullable<LoadSpec['scenario']>): NonNullable<LoadSpec['scenario']> {
  return { name: readyMadeNames.includes(name) ? name : resolve(name), params };
}
