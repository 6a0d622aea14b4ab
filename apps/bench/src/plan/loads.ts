import type { Target } from '@ws-arena/contract/targets';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import type { SliceSpec } from '@ws-arena/load/slice';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { tlsOf } from './tls-choice.ts';

/** What is wanted of a target's server: the settings that differ from the run's. */
export type Settings = Readonly<Record<string, unknown>>;

/** A case that is measured in slices: how its servers are set, which connections are open, and the load of a slice. */
export interface SlicedLoad {
  readonly settings: Settings;
  /** Server processes, where not as many as the run is asked for, and whether a Redis is between them. */
  readonly instances?: number;
  readonly redis?: boolean;
  /** What every connection of the session has alike; a target adds its URLs and its wire form. */
  readonly session: LoadSpec;
  readonly slice: SliceSpec;
  /** What warms it up; by default its own slices do. */
  readonly warmUp?: SliceSpec;
}

const param = (c: Case, name: string): number => Number(c.params[name] ?? 0);

/** What is still under way at the end of a slice may take so long; then it is lost. */
const DRAIN_MS = 2000;

/** Handshakes that warm a server up: V8 goes on compiling for some ten thousand. */
const WARM_HANDSHAKES = { ratePerSec: 4000, durationMs: 500 } as const;

/** How a case is measured in slices. @throws Error for `hold`, `limit` and `tokens`, which are jobs of their own. */
export function slicedLoad(c: Case, config: BenchConfig): SlicedLoad {
  const ratePerSec = param(c, 'ratePerSec');
  const base = sessionSpec(c, config);
  const slice = (load: SliceSpec['load'], units = ratePerSec): SliceSpec => ({
    load,
    durationMs: Math.max(config.sliceMs, units > 0 ? (config.sliceUnits / units) * 1000 : 0),
    drainMs: DRAIN_MS,
  });
  const open = (burst: number): SliceSpec['load'] => ({
    kind: 'open',
    ratePerSec,
    over: 'all',
    arrivals: 'poisson',
    profile: 'constant',
    burst,
  });
  switch (c.scenario) {
    case 'load':
      return { settings: {}, session: base, slice: slice(open(param(c, 'burst'))) };
    case 'echo':
      return { settings: {}, session: base, slice: slice({ kind: 'closed', window: param(c, 'window') }) };
    case 'broadcast': {
      const load = { kind: 'broadcast', ratePerSec } as const;
      // The load that a session is opened for is what makes its members share a room.
      return {
        settings: {},
        session: { ...base, connections: param(c, 'members'), load },
        slice: slice(load, ratePerSec * param(c, 'members')),
      };
    }
    case 'rooms': {
      const [rooms, members] = [param(c, 'rooms'), param(c, 'members')];
      const load = { kind: 'broadcast', rooms, ratePerSec: rooms * param(c, 'hz') } as const;
      return {
        settings: {},
        instances: param(c, 'instances') || 1,
        redis: c.params.redis !== undefined,
        session: { ...base, connections: rooms * members, load },
        slice: slice(load, load.ratePerSec * members),
      };
    }
    case 'connect': {
      const load = { kind: 'connect', ratePerSec, concurrency: 0 } as const;
      const { ratePerSec: warmRate, durationMs } = WARM_HANDSHAKES;
      return {
        settings: {},
        session: { ...base, connections: 0 },
        slice: slice(load),
        warmUp: { load: { ...load, ratePerSec: warmRate }, durationMs, drainMs: DRAIN_MS },
      };
    }
    case 'deflate': {
      const level = param(c, 'level');
      const takeover = c.params.takeover === 'yes';
      return {
        settings: { deflateLevel: level, deflateContextTakeover: takeover },
        session: {
          ...base,
          deflate: level === 0 ? 'off' : takeover ? 'takeover' : 'no-takeover',
          payload: { ...base.payload, kind: 'json' },
        },
        slice: slice(open(1)),
      };
    }
    case 'http':
      return {
        // Each polling handshake leaves a session behind.
        settings: c.params.path === 'polling' ? { longPolling: true, maxConnections: 1_000_000 } : {},
        session: base,
        slice: slice(open(1)),
      };
    case 'hold':
    case 'limit':
    case 'tokens':
      throw new Error(`${c.scenario} is not measured in slices`);
  }
}

function sessionSpec(c: Case, config: BenchConfig): LoadSpec {
  return {
    ...defaultSpec,
    connections: param(c, 'connections') || config.connections,
    tls: { ...defaultSpec.tls, verify: config.verify, ...(c.route === 'nginx-tls' && tlsOf(c)) },
    payload: { ...defaultSpec.payload, bytes: param(c, 'payloadBytes') || config.payloadBytes[0]! },
  };
}

/** A session of `target` at `urls`. */
export function sessionOf(session: LoadSpec, target: Target, urls: readonly string[]): LoadSpec {
  return { ...session, urls, dialect: target.capabilities.wire };
}

/** A case that is one job of the generator: how its server is set, whether it must be a new process, and the job. */
export interface JobLoad {
  readonly settings: Settings;
  /** A process of its own that has served nothing before, because its memory is the figure. */
  readonly fresh: boolean;
  readonly spec: LoadSpec;
}

/** How long Nginx keeps what the issuer said of a token in `tokens`, in milliseconds: long enough to see, short enough to wait for. */
const TOKENS_CACHE_MS = 2000;

/** How `hold`, `limit` and the handshakes of `tokens` are measured. @throws Error for a case that is measured in slices. */
export function jobLoad(c: Case, config: BenchConfig): JobLoad {
  const base = sessionSpec(c, config);
  if (c.scenario === 'hold') return hold(c, config, base);
  if (c.scenario === 'tokens') {
    const load = { kind: 'connect', ratePerSec: 0, concurrency: 16 } as const;
    const times = { warmupMs: 20 * config.sliceMs, durationMs: 20 * config.sliceMs };
    const settings = { proxyIntrospectionCacheMs: TOKENS_CACHE_MS };
    return { settings, fresh: true, spec: { ...base, connections: 1, ...times, load } };
  }
  if (c.scenario !== 'limit') throw new Error(`${c.scenario} is measured in slices`);
  const load = { kind: 'limit', maxBytes: param(c, 'readLimitBytes') * 4 } as const;
  return { settings: {}, fresh: false, spec: { ...base, connections: 1, load } };
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
