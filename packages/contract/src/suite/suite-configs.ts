import type { ServerConfig } from '@ws-arena/config/options';
import { parseConfig } from '@ws-arena/config/parse-config';
import type { Capabilities } from '../capabilities.ts';

type Values = Readonly<Partial<Record<keyof ServerConfig, unknown>>>;

/** The origin that the `doors` servers let in. */
export const ALLOWED_ORIGIN = 'https://arena.example';

/** The threshold of the `deflate-threshold` server, in bytes. */
export const THRESHOLD_BYTES = 512;

/** The deflate level that a target is tested with, because some do not have the contract's level 1; 0 without deflate. */
export function keptLevel(capabilities: Capabilities): number {
  return capabilities.deflateLevels.includes(1) ? 1 : (capabilities.deflateLevels[0] ?? 0);
}

/** The same, but one without compression is asked for it, and refuses. */
const askedLevel = (capabilities: Capabilities): number => keptLevel(capabilities) || 1;

/** A drain that closes all connections at once. */
const AT_ONCE = { drainSpreadMs: 0 };
const LONG_PINGS = { pingPeriodMs: 5000, pongWaitMs: 20_000 };

/**
 * The configurations under which the suite starts each target. Times are the contract's, scaled down: they are long
 * enough that a machine busy with something else does not make an honest peer look dead.
 */
const values = {
  /** The article's times, and room for the largest frame the suite echoes. */
  base: () => ({ ...AT_ONCE, readLimitBytes: 131_072 }),
  /** Short pings. */
  times: () => ({ pingPeriodMs: 500, pongWaitMs: 2000 }),
  /** A short write deadline, and pings out of the way. */
  writes: () => ({ ...LONG_PINGS, writeWaitMs: 800, maxBufferedBytes: 262_144 }),
  /** A write deadline that a slow reader is well within, step by step, and well beyond in all. */
  slow: () => ({ ...LONG_PINGS, writeWaitMs: 6000, maxBufferedBytes: 262_144 }),
  /** The same, with so much room that nobody is cut off for what waits. */
  'slow-roomy': () => ({ ...LONG_PINGS, writeWaitMs: 6000, maxBufferedBytes: 67_108_864 }),
  /** Little room for what waits, and little time to drain. */
  drain: () => ({
    ...AT_ONCE,
    ...LONG_PINGS,
    writeWaitMs: 60_000,
    maxBufferedBytes: 262_144,
    shutdownGraceMs: 2000,
  }),
  /** A drain that takes its time. */
  spread: () => ({ drainSpreadMs: 3000 }),
  /** Room for what waits, and time to read it. */
  backlog: () => ({ ...AT_ONCE, maxBufferedBytes: 67_108_864 }),
  limits: () => ({}),
  'limits-deflate': (c: Capabilities) => ({ deflateLevel: askedLevel(c) }),
  doors: () => ({ originAllowList: [ALLOWED_ORIGIN], handshakeTimeoutMs: 1000 }),
  few: () => ({ maxConnections: 2 }),
  deflate: (c: Capabilities) => ({ deflateLevel: askedLevel(c), readLimitBytes: 131_072 }),
  /** Room for a message that takes a while to inflate. */
  bombs: (c: Capabilities) => ({
    deflateLevel: askedLevel(c),
    readLimitBytes: 16_777_216,
    maxBufferedBytes: 67_108_864,
  }),
  'deflate-9': () => ({ deflateLevel: 9 }),
  'deflate-1': () => ({ deflateLevel: 1 }),
  'deflate-takeover': (c: Capabilities) => ({ deflateLevel: askedLevel(c), deflateContextTakeover: true }),
  'deflate-threshold': (c: Capabilities) => ({
    deflateLevel: askedLevel(c),
    deflateThresholdBytes: THRESHOLD_BYTES,
  }),
  'deflate-takeover-threshold': (c: Capabilities) => ({
    deflateLevel: askedLevel(c),
    deflateContextTakeover: true,
    deflateThresholdBytes: THRESHOLD_BYTES,
  }),
} as const satisfies Record<string, (capabilities: Capabilities) => Values>;

/** The name of one of the suite's configurations. */
export type ConfigName = keyof typeof values;

/** The configuration of that name for a target with these capabilities; the port is the system's choice. */
export function suiteConfig(name: ConfigName, capabilities: Capabilities): ServerConfig {
  return parseConfig({ port: 0, ...values[name](capabilities) });
}
