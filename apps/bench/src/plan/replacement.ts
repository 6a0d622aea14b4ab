import { targetNamed } from '@ws-arena/contract/targets';
import type { Backoff, LoadSpec } from '@ws-arena/load/load-spec';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { param, type Settings, sessionSpec } from './loads.ts';

/** When and how the instances behind a proxy are replaced. */
export interface Replacement {
  readonly instances: number;
  readonly signal: 'SIGTERM' | 'SIGKILL';
  /** Which are ended together; the first after `FIRST_MS`, each next one `REST_MS` after the clients of the one before are back. */
  readonly steps: readonly (readonly number[])[];
  /** How long all of it takes on a machine that has nothing else to do. */
  readonly expectedMs: number;
}

/** Before the first step: what the machine looks like undisturbed, in milliseconds. */
export const FIRST_MS = 1000;
/** Between the return of the last client of one step and the next step: what was late has come by then, in milliseconds. */
export const REST_MS = 500;
const START_MS = 500;
/** The window ends with the last step; who waits for it in vain gives up after this. */
const LONGEST_MS = 300_000;

/** The load of `deploy`, `storm` and `crash`: steady traffic of clients that come back. */
export function replacingLoad(
  c: Case,
  config: BenchConfig,
): {
  readonly settings: Settings;
  readonly redis: boolean;
  readonly replacement: Replacement;
  readonly spec: LoadSpec;
} {
  const instances = param(c, 'instances');
  const all = Array.from({ length: instances }, (_, i) => i);
  const backoffMs = param(c, 'backoffMs');
  const drainSpreadMs = param(c, 'drainSpreadMs');
  const steps = c.scenario === 'storm' ? [all] : all.map((at) => [at]);
  const recovers = c.params.recovery === 'yes';
  const signal = c.scenario === 'crash' ? 'SIGKILL' : 'SIGTERM';
  const expectedMs = FIRST_MS + steps.length * (drainSpreadMs + START_MS + backoffMs + REST_MS);
  return {
    settings: { drainSpreadMs, ...(recovers && { socketioAdapter: 'streams' }) },
    redis: recovers,
    replacement: { instances, signal, steps, expectedMs },
    spec: {
      ...sessionSpec(c, config),
      ...(recovers && { recovers }),
      warmupMs: 500,
      durationMs: LONGEST_MS,
      drainMs: 1000,
      load: {
        kind: 'open',
        ratePerSec: param(c, 'ratePerSec'),
        over: 'all',
        arrivals: 'poisson',
        profile: 'constant',
        reconnect: backoffOf(c.target, backoffMs),
        untilGo: true,
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
