import type { LoadEvent, LoadResult } from '@ws-arena/results/load-result';
import type { LoadSpec } from '@ws-arena/results/load-spec';
import { nowNs } from './clock.ts';
import type { Control } from './control.ts';
import { runShare } from './share.ts';
import { wait } from './wait.ts';

/** Whoever asked for a job. */
export interface JobClient {
  /** `connected`, `held`, `measuring` and `measured`, as they happen. */
  emit(event: LoadEvent): void;
  /** Resolves when a `held` step may be left. */
  go(): Promise<void>;
  /** Aborted to end the job early; the result then holds what was measured until then. */
  readonly stop: AbortSignal;
}

/**
 * Does one job, and resolves to what was measured.
 * @throws Error in one sentence when nothing could be measured.
 */
export async function runJob(spec: LoadSpec, client: JobClient): Promise<LoadResult> {
  const result = await runShare(spec, soleControl(spec, client));
  return client.stop.aborted
    ? {
        ...result,
        warnings: [
          ...result.warnings,
          { kind: 'stopped-early', detail: 'the job was stopped before its measured window was over' },
        ],
      }
    : result;
}

/** The control of a job that this process does alone. */
function soleControl(spec: LoadSpec, client: JobClient): Control {
  return {
    part: 0,
    parts: 1,
    stop: client.stop,
    async connected(connections) {
      client.emit({ event: 'connected', connections });
      return scheduleFrom(nowNs(), spec);
    },
    async held(connections) {
      client.emit({ event: 'held', connections });
      await Promise.race([client.go(), wait(2 ** 31 - 1, client.stop)]);
    },
    measuring: () => client.emit({ event: 'measuring' }),
    measured: () => client.emit({ event: 'measured' }),
  };
}

/** The times of a job whose load begins at `startNs`. */
export function scheduleFrom(startNs: number, spec: LoadSpec) {
  const fromNs = startNs + spec.warmupMs * 1e6;
  return { startNs, fromNs, toNs: fromNs + spec.durationMs * 1e6 };
}
