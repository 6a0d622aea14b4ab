import type { OwnClient, Target } from '@ws-arena/contract/targets';
import { defaultSpec, type LoadSpec } from '@ws-arena/load/load-spec';
import type { SliceSpec } from '@ws-arena/load/slice';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { MIXED_SLICE_MS, mixedSettings, type Neighbour, neighbourOf } from './neighbour.ts';
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
  /** Loaded in the same slices, by another process. */
  readonly neighbour?: Neighbour;
  /** What warms it up; by default its own slices do. */
  readonly warmUp?: SliceSpec;
}

/** A number of a case's parameters; 0 for one that it has not. */
export const param = (c: Case, name: string): number => Number(c.params[name] ?? 0);

/** What is still under way at the end of a slice may take so long; then it is lost. */
const DRAIN_MS = 2000;

/** Handshakes that warm a server up: V8 goes on compiling for some ten thousand. */
const WARM_HANDSHAKES = { ratePerSec: 4000, durationMs: 500 } as const;

/** How a case is measured in slices. @throws Error for one that is measured in trials. */
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
    case 'mixed': {
      const neighbour = neighbourOf(c, base);
      return {
        settings: mixedSettings(c),
        session: base,
        slice: { load: open(1), durationMs: MIXED_SLICE_MS, drainMs: DRAIN_MS },
        ...(neighbour && { neighbour }),
      };
    }
    case 'hold':
    case 'limit':
    case 'tokens':
    case 'deploy':
    case 'storm':
    case 'crash':
    case 'slow':
      throw new Error(`${c.scenario} is not measured in slices`);
  }
}

/** What every connection of a case has alike. */
export function sessionSpec(c: Case, config: BenchConfig): LoadSpec {
  return {
    ...defaultSpec,
    connections: param(c, 'connections') || config.connections,
    tls: { ...defaultSpec.tls, verify: config.verify, ...(c.route === 'nginx-tls' && tlsOf(c)) },
    payload: { ...defaultSpec.payload, bytes: param(c, 'payloadBytes') || config.payloadBytes[0]! },
  };
}

/** A session of `target` at `urls`. */
export function sessionOf(session: LoadSpec, target: Target, urls: readonly string[]): LoadSpec {
  const spec = { ...session, urls, dialect: target.capabilities.wire };
  return target.client ? asClient(spec, target.client) : spec;
}

/** As clients of somebody's own server; its certificate is that of the server, not that of a proxy, which has a `ca` already. */
function asClient(spec: LoadSpec, client: OwnClient): LoadSpec {
  const { headers, subprotocols, token, verify, ca, scenario } = client;
  const tls = { verify: verify && spec.tls.verify, ...(ca !== undefined && { ca }) };
  return {
    ...spec,
    ...(scenario && { scenario }),
    handshake: { ...spec.handshake, headers, subprotocols, ...(token !== undefined && { token }) },
    ...(spec.tls.ca === undefined && { tls: { ...spec.tls, ...tls } }),
  };
}
