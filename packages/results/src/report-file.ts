import type { Environment, TargetInfo } from './environment.ts';
import type { ConformanceLine } from './run-file.ts';
import type { Params, Route, Scenario } from './trial.ts';
import type { Warning } from './warning.ts';

/** Version of `report.json`. */
export const REPORT_SCHEMA_VERSION = 1;

/**
 * What kept a throughput figure from being higher. `rate` is the offered load (a rate, or a window of messages in
 * flight) that no process was saturated by.
 */
export type Limiter = 'server' | 'proxy' | 'generator' | 'rate';

/** A median with its 95 % interval over `n` rounds, in base units. */
export interface Estimate {
  readonly center: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

/** One figure of one case. */
export interface Cell {
  readonly scenario: Scenario;
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
  readonly metric: string;
  /** A base unit: `1/s`, `ns`, `B`, `1` (a ratio or count). */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly estimate: Estimate;
  /** Of throughput figures; null where the question does not arise. */
  readonly limiter: Limiter | null;
  readonly warnings: readonly Warning[];
}

/** One target against the baseline in one figure. */
export interface Comparison {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
  readonly metric: string;
  readonly baseline: string;
  readonly target: string;
  readonly ratio: { readonly center: number; readonly lo: number; readonly hi: number };
  /** Mann–Whitney, two-sided, corrected for the number of comparisons. */
  readonly p: number;
  readonly verdict: 'better' | 'worse' | '~';
}

/** `report.json`: the summary of a run that every renderer works from. */
export interface Report {
  readonly schemaVersion: number;
  readonly command: string;
  readonly preset: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly environment: Environment;
  readonly targets: readonly TargetInfo[];
  readonly cells: readonly Cell[];
  readonly comparisons: readonly Comparison[];
  readonly conformance: readonly ConformanceLine[];
  /** Cases that failed, a sentence each, and what could not be read of the run file. */
  readonly problems: readonly string[];
}
