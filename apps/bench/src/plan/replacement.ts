import { targetNamed } from '@ws-arena/contract/targets';
import type { Backoff, LoadSpec } from '@ws-arena/load/load-spec';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { param, type Settings, sessionSpec } from './loads.ts';

/** When and how the instances behind a proxy are replaced. Times in milliseconds since the window began. */
export interface Replacement {
  readonly instances: number;
  readonly signal: 'SIGTERM' | 'SIGKILL';
  /** Which are ended together; a step begins at its time, or when the one before is done. */
  readonly steps: readonly { readonly atMs: number; readonly instances: readonly number[] }[];
}

/** Before the first step: what the machine looks like undisturbed. */
const FIRST_MS = 1000;
/** A new process has so long to be ready, its core being busy with everybody who comes back. */
const START_MS = 2500;
/** A client has come back with its third attempt at the latest, unless the servers refuse it. */
const ATTEMPTS = 3;

/** The load of `deploy`, `storm` and `crash`: steady traffic of clients that come back. */
export function replacingLoad(
  c: Case,
  config: BenchConfig,
): { readonly settings: Settings; readonly replacement: Replacement; readonly spec: LoadSpec } {
  const instances = param(c, 'instances');
  const all = Array.from({ length: instances }, (_, i) => i);
  const backoffMs = param(c, 'backoffMs');
  const drainSpreadMs = param(c, 'drainSpreadMs');
  const stepMs = drainSpreadMs + START_MS + ATTEMPTS * backoffMs;
  const groups = c.scenario === 'storm' ? [all] : all.map((at) => [at]);
  const steps = groups.map((group, i) => ({ atMs: FIRST_MS + i * stepMs, instances: group }));
  const base = sessionSpec(c, config);
  return {
    settings: { drainSpreadMs },
    replacement: { instances, signal: c.scenario === 'crash' ? 'SIGKILL' : 'SIGTERM', steps },
    spec: {
      ...base,
      warmupMs: 500,
      durationMs: steps.at(-1)!.atMs + stepMs,
      drainMs: 1000,
      load: {
        kind: 'open',
        ratePerSec: param(c, 'ratePerSec'),
        over: 'all',
        arrivals: 'poisson',
        profile: 'constant',
        reconnect: backoffOf(c.target, backoffMs),
      },
    },
  };
}

/** Each client comes back as the library's own does; where there is none, as is advised. */
function backoffOf(target: string, windowMs: number): Backoff {
  const isSocketIo = targetNamed(target)?.capabilities.wire !== 'websocket';
  // `reconnectionDelayMax` of socket.io-client is five times its `reconnectionDelay`.
  return { kind: isSocketIo ? 'socketio' : 'full-jitter', windowMs, maxMs: 5 * windowMs };
}
