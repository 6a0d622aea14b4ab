import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { param, type Settings, sessionSpec } from './loads.ts';
import { type Replacement, replacingLoad } from './replacement.ts';

/** A case that is one job of the generator: how its server is set, whether it must be a new process, and the job. */
export interface JobLoad {
  readonly settings: Settings;
  /** A process of its own that has served nothing before, because its memory is the figure. */
  readonly fresh: boolean;
  readonly spec: LoadSpec;
  /** Server processes, where not as many as the run is asked for. */
  readonly instances?: number;
  /** Whether a Redis is between its servers. */
  readonly redis?: boolean;
  /** What becomes of its instances meanwhile. */
  readonly replacement?: Replacement;
}

/** How long Nginx keeps what the issuer said of a token in `tokens`, in milliseconds: long enough to see, short enough to wait for. */
const TOKENS_CACHE_MS = 2000;

/** How a case is measured in a trial. @throws Error for one that is measured in slices. */
export function jobLoad(c: Case, config: BenchConfig): JobLoad {
  switch (c.scenario) {
    case 'deploy':
    case 'storm':
    case 'crash':
      return { fresh: true, ...replacingLoad(c, config) };
    case 'hold':
      return hold(c, config, sessionSpec(c, config));
    case 'slow':
      return slow(c, config, sessionSpec(c, config));
    case 'tokens': {
      const load = { kind: 'connect', ratePerSec: 0, concurrency: 16 } as const;
      const times = { warmupMs: 20 * config.sliceMs, durationMs: 20 * config.sliceMs };
      const settings = { proxyIntrospectionCacheMs: TOKENS_CACHE_MS };
      return { settings, fresh: true, spec: { ...sessionSpec(c, config), connections: 1, ...times, load } };
    }
    case 'limit': {
      const load = { kind: 'limit', maxBytes: param(c, 'readLimitBytes') * 4 } as const;
      return { settings: {}, fresh: false, spec: { ...sessionSpec(c, config), connections: 1, load } };
    }
    case 'load':
    case 'echo':
    case 'broadcast':
    case 'rooms':
    case 'connect':
    case 'deflate':
    case 'http':
    case 'mixed':
      throw new Error(`${c.scenario} is measured in slices`);
  }
}

/** From here on clients come from several addresses, because the ports of one would run out. */
const MANY_CONNECTIONS = 20_000;

/** Few enough for one address that the kernel finds a free port at once: it looks at one after another. */
const CONNECTIONS_OF_AN_ADDRESS = 2000;

/** Loopback addresses that connections take in turn, so that source ports never run out. */
export function clientAddresses(connections: number): string[] {
  return Array.from(
    { length: Math.ceil(connections / CONNECTIONS_OF_AN_ADDRESS) },
    (_, i) => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`,
  );
}

function hold(c: Case, config: BenchConfig, base: LoadSpec): JobLoad {
  const pingPeriodMs = param(c, 'pingPeriodMs');
  const connections = param(c, 'connections');
  const pongWaitMs = Number(config.settings.pongWaitMs ?? Math.max(pingPeriodMs * 4, 2000));
  return {
    settings: {
      pingPeriodMs,
      pongWaitMs,
      ...(pongWaitMs >= 60_000 && { proxyReadTimeoutMs: pongWaitMs * 1.5 }),
    },
    fresh: true,
    instances: param(c, 'instances') || 1,
    spec: {
      ...base,
      connections,
      processes: 0,
      sourceAddresses: connections > MANY_CONNECTIONS ? clientAddresses(connections) : [],
      handshake: { ...base.handshake, timeoutMs: 30_000 },
      load: {
        kind: 'hold',
        steps: config.holdSteps,
        rampPerSec: 5000,
        settleMs: Math.min(5000, Math.max(150, pingPeriodMs)),
        holdMs: pingPeriodMs * 3 + 100,
      },
    },
  };
}

/** A room of which some members read slowly: their server's memory, and what the others notice of it. */
function slow(c: Case, { slowMs }: BenchConfig, base: LoadSpec): JobLoad {
  const members = param(c, 'slow');
  const { reads } = c.params;
  const isSlow = reads === 'nothing' || reads === 'trickle' || reads === 'bursts';
  return {
    settings: {},
    fresh: true,
    spec: {
      ...base,
      connections: param(c, 'members') - members,
      warmupMs: 300,
      durationMs: slowMs,
      drainMs: 1000,
      load: {
        kind: 'broadcast',
        ratePerSec: param(c, 'ratePerSec'),
        ...(isSlow && { slow: { members, reads } }),
      },
    },
  };
}
