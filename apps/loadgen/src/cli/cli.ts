import { writeFileSync } from 'node:fs';
import type { LoadResult } from '@ws-arena/load/load-result';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { FleetOptions } from '../fleet/fleet-options.ts';
import type { JobClient, JobEvent } from '../processes/control.ts';
import { endWorkers, runJob } from '../processes/job.ts';
import { wholeFileBytes } from '../wire/file-payload.ts';
import { failureOf } from './failure.ts';
import { fleetCommand, isFleetCommand } from './fleet-commands.ts';
import { helpText } from './help.ts';
import { LiveLine, type Progress } from './live-line.ts';
import { type CliRequest, parseArguments } from './parse-arguments.ts';
import { percentileFile } from './percentile-file.ts';
import { runOutput } from './run-output.ts';
import { summary } from './summary.ts';
import type { CliTerminal } from './terminal.ts';
import { checkThresholds } from './threshold.ts';

/**
 * The tool for people: one job from the command line, what it measured on `out`, what it is doing on `err`.
 * @returns the exit code: 0, or 3 when a `--fail-if` rule holds.
 * @throws UsageError for a wrong command line, Error in one sentence when nothing could be measured, or a handshake failed.
 */
export async function runCli(argv: readonly string[], terminal: CliTerminal): Promise<number> {
  const [command, ...words] = argv;
  if (isFleetCommand(command)) return fleetCommand(command, words, terminal);
  const request = parseArguments(argv);
  if (request === 'help') {
    terminal.out(helpText());
    return 0;
  }
  const spec = withFileSize(request.spec);
  const live = new LiveLine(terminal);
  const stop = new AbortController();
  terminal.onInterrupt(() => {
    live.say('stopping; what was measured until now follows');
    stop.abort();
  });
  const result = await measure(spec, request.fleet, live, stop.signal);
  return report(request, spec, result, terminal);
}

async function measure(
  spec: LoadSpec,
  fleet: FleetOptions | undefined,
  live: LiveLine,
  stop: AbortSignal,
): Promise<LoadResult> {
  let phase: Phase = 'connecting';
  let since = performance.now();
  try {
    const client: JobClient = {
      emit: (event) => {
        const next = phases[event.event];
        if (next === undefined) return;
        phase = next;
        since = performance.now();
      },
      progress: (tally) => live.update({ phase, elapsedMs: performance.now() - since, ...tally }),
      go: async () => {},
      stop,
    };
    if (!fleet) return await runJob(spec, client);
    // BullMQ and its client are loaded for a fleet alone.
    const { runFleet } = await import('../fleet/coordinator.ts');
    return await runFleet(spec, client, { ...fleet, say: (text) => live.say(text) });
  } finally {
    live.clear();
    await endWorkers();
  }
}

type Phase = Progress['phase'];

/** The phase that an event begins. */
const phases: Partial<Record<JobEvent['event'], Phase>> = {
  connected: 'warming up',
  measuring: 'measuring',
  measured: 'draining',
};

function report(request: CliRequest, spec: LoadSpec, result: LoadResult, terminal: CliTerminal): number {
  const outcomes = checkThresholds(request.thresholds, result);
  if (request.json) {
    terminal.out(`${JSON.stringify(runOutput(spec, result, outcomes), null, 2)}\n`);
  } else {
    terminal.out(summary(spec, result, outcomes));
  }
  // Last, so that a file that cannot be written does not cost the summary.
  if (request.hdrFile !== undefined) {
    const latency = result.latencyIntended ?? result.latencyActual ?? result.handshake;
    if (latency === undefined)
      throw new Error('--hdr: this load measures no latency, so there is nothing to write');
    writePercentiles(request.hdrFile, percentileFile(latency));
  }
  const failure = failureOf(spec, result, request.thresholds);
  if (failure !== undefined) throw new Error(failure);
  return outcomes.some((outcome) => outcome.failed) ? 3 : 0;
}

function writePercentiles(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new Error(`cannot write the file of --hdr ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** A file without a `--size` is sent whole. */
function withFileSize(spec: LoadSpec): LoadSpec {
  const { payload } = spec;
  if (payload.kind !== 'file' || payload.bytes > 0) return spec;
  return { ...spec, payload: { ...payload, bytes: wholeFileBytes(payload.path ?? '') } };
}
