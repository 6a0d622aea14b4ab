import { parseConfig } from '@ws-arena/config/parse-config';
import type { Route, Scenario } from '@ws-arena/results/trial';

const defaults = parseConfig();

/** Offered rates in messages per second, the same for every target. */
export interface Ladder {
  /** One message at a time, spread over time and connections. */
  readonly spread: readonly number[];
  /** In bursts of `BURST` messages on one connection. */
  readonly burst: readonly number[];
}

/** Messages of a burst: what a server may read, and answer, at once. */
export const BURST = 16;

/** How much is measured, and for how long. Durations in milliseconds, rates per second. */
export interface Preset {
  readonly about: string;
  /** Which targets run unless `--targets` names others. */
  readonly targets: 'typescript' | 'references';
  readonly scenarios: readonly Scenario[];
  readonly routes: readonly Route[];
  /** Scenarios measured on every route; the others are direct only, unless `--routes` asks. */
  readonly proxied: readonly Scenario[];
  /**
   * A case is measured until the widest ratio of two targets is known this well: half of its 95 % interval, as a fraction.
   * Those that stand for a need come first, and the others have what time they leave.
   */
  readonly halfWidth: number;
  /** Every case has so many blocks before; from 16 on the interval allows for blocks that resemble their neighbours. */
  readonly minBlocks: number;
  /** …or until it has used this much time for each target, whichever comes first. */
  readonly targetMs: number;
  /** How often `hold` is measured: fewer than 6 rounds have no interval. */
  readonly rounds: number;
  /** How often `deploy` is, whose every replaced instance counts: two rounds of three have an interval. */
  readonly deployRounds: number;
  /** How long a slice is… */
  readonly sliceMs: number;
  /** …unless it would hold fewer units: then some slices would see no garbage collection, and others little else. */
  readonly sliceUnits: number;
  readonly connections: number;
  /** The first is that of every scenario; the others are measured by `load` and `echo` too. */
  readonly payloadBytes: readonly number[];
  readonly windows: readonly number[];
  readonly ladder: { readonly direct: Ladder; readonly proxied: Ladder };
  /** A step of the ladder is kept while p99 stays within this. */
  readonly p99BoundMs: number;
  readonly handshakeRates: readonly number[];
  readonly requestRate: number;
  /** Also loads Socket.IO's polling handshake with HTTP requests. */
  readonly polling: boolean;
  /** Members of one room, and messages per second sent to it. */
  readonly broadcasts: readonly { readonly members: number; readonly ratePerSec: number }[];
  /** Rooms, members of each, and messages per second to each. */
  readonly rooms: readonly { readonly rooms: number; readonly members: number; readonly hz: number }[];
  /** Instances that the rooms are spread over; several share a Redis. */
  readonly roomInstances: readonly number[];
  readonly deflateRate: number;
  readonly deflateLevels: readonly number[];
  /**
   * Rising numbers of idle connections. Up to some 5,000 the heap of Node.js grows for reasons of its own: the slope of ws
   * was 8.4 KiB a connection between 3,000 and 6,000, and 3.7 from 5,000 to 15,000.
   */
  readonly holdSteps: readonly number[];
  readonly holdPingMs: number;
  /** Clients of `deploy`, `storm` and `crash`, and messages per second over all of them. */
  readonly replaced: { readonly connections: number; readonly ratePerSec: number };
  /** How long a client of these waits before it dials again: the delay of its first attempt. */
  readonly backoffMs: number;
  /** Echoes a second of `mixed`, over all connections. */
  readonly mixedRate: number;
  /** The room of `slow`, how many of its members read slowly, and how: `all` is a room without slow ones. */
  readonly slowRoom: {
    readonly members: number;
    readonly slow: number;
    readonly ratePerSec: number;
    readonly payloadBytes: number;
  };
  readonly slowReads: readonly ('all' | 'nothing' | 'trickle' | 'bursts')[];
  /** How long it is watched. */
  readonly slowMs: number;
  /** How long their instances take to close their connections, at SIGTERM. */
  readonly drainSpreadMs: number;
  /** `max_fails` of the Nginx before them. */
  readonly maxFails: readonly number[];
  /** Whether their instances of socket.io restore sessions, from a Redis that they share. */
  readonly recovery: readonly ('no' | 'yes')[];
  /** Runs the RFC table on every target first. */
  readonly conformance: boolean;
}

const quick: Preset = {
  about: 'the TypeScript three, direct and through Nginx, within two minutes on two cores',
  targets: 'typescript',
  scenarios: ['load', 'echo', 'broadcast', 'rooms', 'connect', 'hold', 'slow'],
  routes: ['direct', 'nginx'],
  proxied: ['load', 'echo', 'connect'],
  halfWidth: 0.05,
  minBlocks: 16,
  targetMs: 1700,
  rounds: 1,
  deployRounds: 1,
  sliceMs: 50,
  sliceUnits: 250,
  connections: 100,
  payloadBytes: [64],
  windows: [16],
  ladder: {
    direct: { spread: [10_000, 20_000], burst: [40_000] },
    proxied: { spread: [5000, 10_000], burst: [20_000] },
  },
  p99BoundMs: 50,
  handshakeRates: [2000],
  requestRate: 2000,
  polling: false,
  broadcasts: [{ members: 1000, ratePerSec: 30 }],
  // Sixty updates a second to rooms of 50, as a game has them.
  rooms: [{ rooms: 10, members: 50, hz: 60 }],
  roomInstances: [1],
  deflateRate: 2000,
  deflateLevels: [1, 6],
  holdSteps: [5000, 7500, 10_000],
  holdPingMs: 200,
  replaced: { connections: 1000, ratePerSec: 2000 },
  backoffMs: 1000,
  drainSpreadMs: defaults.drainSpreadMs,
  maxFails: [0],
  recovery: ['no', 'yes'],
  mixedRate: 2000,
  slowRoom: { members: 20, slow: 4, ratePerSec: 300, payloadBytes: 16_384 },
  slowReads: ['nothing'],
  slowMs: 2000,
  conformance: false,
};

const standard: Preset = {
  ...quick,
  about:
    'all six, the whole ladder, compression, limits, deploys, slow readers and the RFC table: 40 minutes',
  targets: 'references',
  scenarios: [
    ...(['load', 'echo', 'broadcast', 'rooms', 'connect', 'http', 'deflate', 'hold', 'limit'] as const),
    ...(['mixed', 'deploy', 'storm', 'crash', 'slow'] as const),
  ],
  proxied: ['load', 'echo', 'rooms', 'connect', 'limit', 'hold'],
  slowReads: ['all', 'nothing', 'trickle', 'bursts'],
  slowMs: 5000,
  halfWidth: 0.015,
  targetMs: 2000,
  rounds: 6,
  deployRounds: 2,
  payloadBytes: [64, 1024],
  ladder: {
    direct: {
      spread: [5000, 10_000, 20_000, 30_000, 40_000, 60_000],
      burst: [20_000, 40_000, 80_000, 160_000, 320_000],
    },
    proxied: { spread: [2500, 5000, 10_000, 15_000, 20_000], burst: [10_000, 20_000, 40_000, 80_000] },
  },
  polling: true,
  broadcasts: [
    { members: 100, ratePerSec: 300 },
    { members: 1000, ratePerSec: 30 },
  ],
  roomInstances: [1, 3],
  deflateLevels: [1, 6, 9],
  holdSteps: [5000, 10_000, 15_000],
  holdPingMs: 500,
  conformance: true,
};

/** Every preset by its name; `quick` is the default. */
export const presets = {
  smoke: {
    ...quick,
    about: 'seconds: does everything work; its figures mean little',
    targets: 'references',
    scenarios: ['load', 'echo', 'broadcast', 'rooms', 'connect', 'hold'],
    halfWidth: 1,
    minBlocks: 1,
    targetMs: 0,
    sliceMs: 50,
    sliceUnits: 0,
    connections: 20,
    ladder: {
      direct: { spread: [2000], burst: [4000] },
      proxied: { spread: [1000], burst: [2000] },
    },
    handshakeRates: [100],
    requestRate: 500,
    broadcasts: [{ members: 20, ratePerSec: 50 }],
    rooms: [{ rooms: 2, members: 10, hz: 20 }],
    roomInstances: [1, 3],
    holdSteps: [20, 40, 60],
    holdPingMs: 100,
    replaced: { connections: 60, ratePerSec: 300 },
    backoffMs: 100,
    recovery: ['no'],
    drainSpreadMs: 200,
  },
  quick,
  standard,
  full: {
    ...standard,
    about: 'standard with TLS, larger messages, more connections and tighter intervals: hours',
    routes: ['direct', 'nginx', 'nginx-tls'],
    proxied: ['load', 'echo', 'connect', 'broadcast', 'rooms', 'hold', 'limit', 'slow'],
    halfWidth: 0.01,
    targetMs: 60_000,
    rounds: 10,
    connections: 1000,
    payloadBytes: [64, 1024, 16_384],
    windows: [4, 16],
    broadcasts: [...standard.broadcasts, { members: 5000, ratePerSec: 4 }],
    roomInstances: [1, 2, 3],
    holdPingMs: 2000,
  },
} as const satisfies Record<string, Preset>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;
