import type { Environment } from './environment.ts';

/** Version of `generators.json`. */
export const GENERATORS_SCHEMA_VERSION = 1;

/** What one echoed message cost in one round. */
export interface CostRound {
  /** CPU time of the generator's processes for each message that the server counted, in nanoseconds. */
  readonly generatorNs: number;
  /** The same of the server. */
  readonly serverNs: number;
  readonly messagesPerSec: number;
}

/** The two loads: `open` at a fixed rate, `closed` with one message in flight on each connection. */
export type CostLoad = 'open' | 'closed';

/** Latency in milliseconds, as a generator prints it. */
export interface ReportedLatency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One load generator, and what was measured of it. */
export interface MeasuredGenerator {
  readonly name: string;
  readonly version: string;
  /** SPDX identifiers, or the name of the licence. */
  readonly licence: string;
  /** In the order of the rounds; the rounds of all generators are paired. */
  readonly cost: { readonly [load in CostLoad]: readonly CostRound[] };
  /** What it reported of a server that stood still, in each round. */
  readonly freeze: readonly ReportedLatency[];
}

/** `generators.json`: a run of `pnpm bench generators`, from which docs/generators.md is made. */
export interface GeneratorsFile {
  readonly schemaVersion: typeof GENERATORS_SCHEMA_VERSION;
  readonly command: string;
  readonly startedAt: string;
  readonly tookMs: number;
  readonly environment: Environment;
  /** e.g. `uws, uWebSockets.js 20.0.8`. */
  readonly server: string;
  readonly connections: number;
  readonly payloadBytes: number;
  readonly ratePerSec: number;
  /** The whole load in which the server stands still for `freezeMs`. */
  readonly windowMs: number;
  readonly freezeMs: number;
  /** The first is this project's own. */
  readonly generators: readonly MeasuredGenerator[];
  /** Why others were not measured, a sentence each. */
  readonly absent: readonly string[];
  /** Share of this machine's time that other processes used meanwhile, 0 to 1. */
  readonly others: number;
}
