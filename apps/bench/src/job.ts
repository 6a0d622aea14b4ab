import type { Target } from '@ws-arena/contract/targets';
import { defaultSpec, type LoadSpec, type OpenLoad } from '@ws-arena/load/load-spec';
import type { Case } from '@ws-arena/results/trial';
import type { BenchConfig } from './bench-config.ts';
import { clientTls } from './client-tls.ts';
import type { Way } from './tls-choice.ts';

/** What a case needs: how its server is set, whether it must be a new process, and the load. */
export interface Job {
  readonly settings: Readonly<Record<string, unknown>>;
  /** A process of its own that has served nothing before, because its memory is the figure. */
  readonly fresh: boolean;
  readonly spec: LoadSpec;
}

const param = (c: Case, name: string): number => Number(c.params[name] ?? 0);

/** The part of a spec that every case of a run has alike on a route. */
export async function openingSpec(
  target: Target,
  config: BenchConfig,
  way: Way,
  urls: readonly string[],
): Promise<LoadSpec> {
  return {
    ...defaultSpec,
    urls,
    dialect: target.capabilities.wire,
    connections: config.connections,
    tls: await clientTls(way, config),
    warmupMs: config.warmupMs,
    durationMs: config.durationMs,
  };
}

/** The job of a case; `urls` are those of the running server or proxy. */
export async function jobOf(
  c: Case,
  target: Target,
  config: BenchConfig,
  urls: readonly string[],
): Promise<Job> {
  const opening = await openingSpec(target, config, c, urls);
  const base: LoadSpec = {
    ...opening,
    connections: param(c, 'connections') || config.connections,
    payload: { ...opening.payload, bytes: param(c, 'payloadBytes') || opening.payload.bytes },
  };
  const plain = (spec: Partial<LoadSpec>): Job => ({
    settings: {},
    fresh: false,
    spec: { ...base, ...spec },
  });
  switch (c.scenario) {
    case 'echo':
      return plain({ load: { kind: 'closed', window: param(c, 'window') } });
    case 'latency':
      return plain({ load: openLoad(param(c, 'ratePerSec')), durationMs: config.latencyMs });
    case 'slo':
      return plain({ load: openLoad(0) });
    case 'broadcast':
      return plain({ connections: param(c, 'members'), load: { kind: 'broadcast', ratePerSec: 0 } });
    case 'connect': {
      const [ratePerSec, concurrency] = [param(c, 'ratePerSec'), param(c, 'concurrency')];
      const warmupMs = base.warmupMs + (c.route === 'nginx-tls' ? SESSION_WARMUP_MS : 0);
      const load = { kind: 'connect', ratePerSec, concurrency } as const;
      return plain({ connections: concurrency || 1000, warmupMs, load });
    }
    case 'hold':
      return hold(c, config, base);
    case 'deflate':
      return deflate(c, base);
    case 'limit':
      return plain({ connections: 1, load: { kind: 'limit', maxBytes: param(c, 'readLimitBytes') * 4 } });
    case 'http':
      return {
        ...plain({ load: openLoad(config.connections * 10), durationMs: config.latencyMs }),
        // Each polling handshake leaves a session behind.
        settings: c.params.path === 'polling' ? { longPolling: true, maxConnections: 1_000_000 } : {},
      };
  }
}

/** The first handshakes of a job have no session to resume; some rounds of them pass in this time. */
const SESSION_WARMUP_MS = 500;

/** From here on clients come from several addresses, because the ports of one would run out. */
const MANY_CONNECTIONS = 20_000;

/** Poisson arrivals over all connections, as independent clients make them. */
export function openLoad(ratePerSec: number): OpenLoad {
  return { kind: 'open', ratePerSec, over: 'all', arrivals: 'poisson', profile: 'constant' };
}

/** Few enough for one address that the kernel finds a free port at once: it looks at one after another. */
const CONNECTIONS_OF_AN_ADDRESS = 2000;

/** Loopback addresses that connections take in turn, so that source ports never run out. */
function addresses(connections: number): string[] {
  return Array.from(
    { length: Math.ceil(connections / CONNECTIONS_OF_AN_ADDRESS) },
    (_, i) => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`,
  );
}

function hold(c: Case, config: BenchConfig, base: LoadSpec): Job {
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
      sourceAddresses: connections > MANY_CONNECTIONS ? addresses(connections) : [],
      handshake: { ...base.handshake, timeoutMs: 30_000 },
      warmupMs: 0,
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

/** A new process has to compile first. */
const COLD_WARMUP_MS = 500;

function deflate(c: Case, base: LoadSpec): Job {
  const level = param(c, 'level');
  const takeover = c.params.takeover === 'yes';
  return {
    settings: { deflateLevel: level, deflateContextTakeover: takeover },
    // Idle servers wake up too, and a crowd of them takes cache and time from the one that is measured.
    fresh: true,
    spec: {
      ...base,
      warmupMs: base.warmupMs + COLD_WARMUP_MS,
      deflate: level === 0 ? 'off' : takeover ? 'takeover' : 'no-takeover',
      payload: { ...base.payload, kind: 'json' },
      load: { kind: 'closed', window: param(c, 'window') },
    },
  };
}
