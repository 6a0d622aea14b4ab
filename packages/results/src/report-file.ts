import type { Warning } from '@ws-arena/load/warning';
import type { Environment, TargetInfo } from './environment.ts';
import type { ConformanceLine } from './run-file.ts';
import type { Params, Route, Scenario } from './trial.ts';

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
  /** The figure of each good round, in the order of the rounds; `estimate` is made from these. */
  readonly samples: readonly number[];
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
  /** Of a `~`: no test could have found anything, because the generator was the limit or the rounds are too few. */
  readonly undecided?: 'generator' | 'few-rounds';
  /** Why nothing could be decided. One clause. */
  readonly reason?: string;
}

/** One figure of one target through a proxy, against the same case direct. */
export interface ProxyCost {
  readonly scenario: Scenario;
  readonly target: string;
  /** Never `direct`. */
  readonly route: Route;
  /** Of the case through the proxy; the one direct has the same but for what is said of TLS. */
  readonly params: Params;
  /** Its name through the proxy; of a cost that server and proxy share, the figure direct is that of the server alone. */
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly direct: Estimate;
  readonly proxied: Estimate;
  readonly directLimiter: Limiter | null;
  readonly limiter: Limiter | null;
  /** `proxied` ÷ `direct`. */
  readonly ratio: Comparison['ratio'];
  /** Mann–Whitney, two-sided, corrected for the number of these costs in the run. */
  readonly p: number;
  readonly verdict: Comparison['verdict'];
  readonly undecided?: NonNullable<Comparison['undecided']>;
  readonly reason?: string;
}

/** One point of a latency curve: `quantile` of all messages took at most this long, in nanoseconds. */
export interface CurvePoint {
  /** 0 to 1; the last point is 1, the maximum. */
  readonly quantile: number;
  readonly intendedNs: number | null;
  readonly actualNs: number | null;
}

/** The merged histograms of all rounds of one case, as a curve. */
export interface Curve {
  readonly scenario: Scenario;
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
  /** What was timed: a message, a broadcast until its last member, or a handshake (these two have no `actualNs`). */
  readonly of: 'message' | 'last-member' | 'handshake';
  /** Values in the histogram. */
  readonly count: number;
  readonly points: readonly CurvePoint[];
}

/** Memory over connections of one process in `hold`, with the line through it (least squares over all rounds). */
export interface HoldLine {
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
  readonly process: 'server' | 'proxy';
  readonly bytesPerConnection: number;
  readonly interceptBytes: number;
  readonly points: readonly {
    readonly round: number;
    readonly connections: number;
    readonly bytes: number;
  }[];
}

/** A finding that is not a number: what a client sees past the limit, which extension was negotiated. */
export interface Fact {
  readonly scenario: Scenario;
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
  readonly name: 'pastLimit' | 'extensions';
  readonly value: string;
}

/** One target's place in one need. */
export interface NeedRow {
  readonly target: string;
  /** Null when it was not measured. */
  readonly estimate: Estimate | null;
  /** At least 1: how many times worse than the best; null when there is nothing to compare. */
  readonly ratioToBest: number | null;
  /** The 95 % interval of `ratioToBest`; absent for the best, and for what was counted and not measured. */
  readonly ratioInterval?: { readonly lo: number; readonly hi: number };
  /**
   * `behind`: a difference from the best was shown; `tie`: there is none of note, since all of `ratioInterval` is near
   * 1; `undecided`: neither was shown, for noise or too few rounds; `unranked`: the generator was the limit.
   */
  readonly place: 'best' | 'tie' | 'behind' | 'undecided' | 'unranked' | 'missing';
  readonly limiter: Limiter | null;
  /** Why it is undecided, unranked or missing. */
  readonly reason?: string;
}

export const needIds = [
  'throughput',
  'pipelined',
  'latency',
  'fanout',
  'memory',
  'handshakes',
  'nginx',
  'compression',
  'robustness',
] as const;
export type NeedId = (typeof needIds)[number];

/** One column of the first table: a need, the figure that stands for it, and every target's place in it. */
export interface Need {
  readonly id: NeedId;
  /** A few words, e.g. `throughput per core`. */
  readonly title: string;
  /** The case that the figure was taken from. */
  readonly scenario: Scenario | null;
  readonly route: Route | null;
  readonly params: Params;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly rows: readonly NeedRow[];
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
  /** Empty where no case was measured both direct and through a proxy. */
  readonly proxyCosts: readonly ProxyCost[];
  readonly curves: readonly Curve[];
  readonly holdLines: readonly HoldLine[];
  readonly facts: readonly Fact[];
  /** In the order of `needIds`; one that was not measured in this run is absent. */
  readonly needs: readonly Need[];
  /** What a reader must know of the whole run, a sentence each, e.g. that its rounds are too few for any verdict. */
  readonly notes: readonly string[];
  /** Rounds that were planned of each case. */
  readonly rounds: number;
  readonly conformance: readonly ConformanceLine[];
  /** Cases that failed, a sentence each, and what could not be read of the run file. */
  readonly problems: readonly string[];
}
