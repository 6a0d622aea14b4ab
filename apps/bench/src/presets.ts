import type { Route, Scenario } from '@ws-arena/results/trial';

/** How much is measured, and for how long. Durations in milliseconds. */
export interface Preset {
  readonly about: string;
  /** Which targets run unless `--targets` names others. */
  readonly targets: 'typescript' | 'references';
  readonly scenarios: readonly Scenario[];
  readonly routes: readonly Route[];
  /** Scenarios measured on every route; the others are direct only, unless `--routes` asks. */
  readonly proxied: readonly Scenario[];
  readonly rounds: number;
  /** Rounds of the scenarios whose figures hardly vary or that take long: hold, http, limit, slo, deflate. */
  readonly fewRounds: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly latencyMs: number;
  readonly connections: number;
  readonly payloadBytes: readonly number[];
  readonly windows: readonly number[];
  /** Offered rates of `latency`, as fractions of the slowest target's capacity at window 1. */
  readonly loads: readonly number[];
  /** Also loads Socket.IO's polling handshake with HTTP requests. */
  readonly polling: boolean;
  /** Longest rehearsal of handshakes for each target, in milliseconds; it ends when they get no faster. */
  readonly rehearsalMs: number;
  /** Handshakes under way at once. */
  readonly concurrency: number;
  /** Also measures handshakes at a fixed rate, for their percentiles. */
  readonly connectAtRate: boolean;
  readonly members: readonly number[];
  /**
   * Rising numbers of idle connections. Up to some 5,000 the heap of Node.js grows for reasons of its own: the slope of ws
   * was 8.4 KiB a connection between 3,000 and 6,000, and 3.7 from 5,000 to 15,000.
   */
  readonly holdSteps: readonly number[];
  readonly holdPingMs: number;
  readonly deflateLevels: readonly number[];
  /** Runs the RFC table on every target first. */
  readonly conformance: boolean;
}

const quick: Preset = {
  about: 'the TypeScript three, direct and through Nginx, within two minutes on two cores',
  targets: 'typescript',
  scenarios: ['echo', 'latency', 'broadcast', 'connect', 'hold', 'http'],
  routes: ['direct', 'nginx'],
  proxied: ['echo', 'latency', 'connect'],
  rounds: 5,
  fewRounds: 1,
  warmupMs: 100,
  durationMs: 250,
  latencyMs: 500,
  connections: 100,
  payloadBytes: [64],
  windows: [1, 16],
  loads: [0.5],
  polling: false,
  rehearsalMs: 4800,
  concurrency: 32,
  connectAtRate: false,
  members: [100],
  holdSteps: [5000, 7500, 10_000],
  holdPingMs: 200,
  deflateLevels: [1, 6],
  conformance: false,
};

/** Every preset by its name; `quick` is the default. */
export const presets = {
  smoke: {
    ...quick,
    about: 'seconds: does everything work; its figures mean little',
    targets: 'references',
    rounds: 1,
    fewRounds: 1,
    warmupMs: 50,
    durationMs: 100,
    latencyMs: 200,
    connections: 20,
    rehearsalMs: 600,
    members: [20],
    holdSteps: [20, 40, 60],
    holdPingMs: 100,
  },
  quick,
  standard: {
    ...quick,
    about: 'all six, compression, limits, the RFC table and the highest rate within a bound: half an hour',
    targets: 'references',
    scenarios: ['echo', 'latency', 'slo', 'broadcast', 'connect', 'hold', 'deflate', 'limit', 'http'],
    proxied: ['echo', 'latency', 'connect', 'limit'],
    rounds: 6,
    fewRounds: 5,
    warmupMs: 150,
    durationMs: 500,
    latencyMs: 1500,
    payloadBytes: [64, 1024],
    loads: [0.5, 0.9],
    connectAtRate: true,
    polling: true,
    rehearsalMs: 9000,
    members: [100, 1000],
    holdSteps: [5000, 10_000, 15_000],
    holdPingMs: 500,
    deflateLevels: [1, 2, 6, 9],
    conformance: true,
  },
  full: {
    ...quick,
    about: 'standard with TLS, larger messages, more connections and longer windows: hours',
    targets: 'references',
    scenarios: ['echo', 'latency', 'slo', 'broadcast', 'connect', 'hold', 'deflate', 'limit', 'http'],
    routes: ['direct', 'nginx', 'nginx-tls'],
    proxied: ['echo', 'latency', 'connect', 'broadcast', 'hold', 'limit'],
    rounds: 10,
    fewRounds: 5,
    warmupMs: 500,
    durationMs: 2000,
    latencyMs: 10_000,
    connections: 1000,
    payloadBytes: [64, 1024, 16_384],
    windows: [1, 4, 16],
    loads: [0.5, 0.7, 0.9],
    connectAtRate: true,
    polling: true,
    rehearsalMs: 9000,
    members: [100, 1000, 5000],
    holdSteps: [5000, 10_000, 15_000],
    holdPingMs: 2000,
    deflateLevels: [1, 2, 6, 9],
    conformance: true,
  },
} as const satisfies Record<string, Preset>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;
