import type { Warning } from '@ws-arena/load/warning';
import type { Absence } from './absence.ts';
import type { Curve } from './curve.ts';
import type { Environment, TargetInfo } from './environment.ts';
import type { ConformanceLine, Precision } from './run-file.ts';
import type { Case, Params, Route, RouteParts, Scenario } from './trial.ts';

/** Version of `report.json`. */
export const REPORT_SCHEMA_VERSION = 2;

/**
 * Who was saturated, and so kept a figure from being higher. `server+proxy`: the two together filled the core that they
 * share. `none`: nobody was; a closed loop then waits for itself, and its rate is that of its window.
 */
export type Limiter = 'server' | 'proxy' | 'server+proxy' | 'generator' | 'none';

/** A figure in base units, with its 95 % interval over `n` slices (memory and limits: rounds). */
export interface Estimate {
  readonly center: number;
  /** Both null where there are too few slices for an interval. */
  readonly lo: number | null;
  readonly hi: number | null;
  readonly n: number;
}

/** One figure of one case. */
export interface Cell {
  /** Index of the case in the run file's header, by which its slices name it. */
  readonly case: number;
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

/**
 * `equal`: the whole interval of the ratio is within the margin of the report. `undecided`: neither a difference nor
 * equality was shown.
 */
export type Verdict = 'better' | 'worse' | 'equal' | 'undecided';

/** What one figure is against another. */
export interface Finding {
  /** With its 95 % interval, which is null on both sides where too few blocks were measured for one. */
  readonly ratio: { readonly center: number; readonly lo: number | null; readonly hi: number | null };
  /** Two-sided, adjusted for the number of findings that were made together. */
  readonly p: number;
  readonly verdict: Verdict;
  /** Why it is undecided, where the width of the interval does not say it. */
  readonly undecided?: 'generator' | 'few-blocks';
  /** The same as one clause. */
  readonly reason?: string;
}

/** One target against the baseline in one figure, block by block. */
export interface Comparison extends Finding {
  readonly scenario: Scenario;
  readonly route: Route;
  readonly params: Params;
  readonly metric: string;
  readonly baseline: string;
  readonly target: string;
}

/** One figure of one target through a proxy, against the same case direct; the two are not of the same blocks. */
export interface ProxyCost extends Finding {
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
}

/** One figure of a way to check tokens. */
export interface VariantFigure {
  readonly scenario: Scenario;
  readonly params: Params;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly estimate: Estimate;
  readonly limiter: Limiter | null;
  /** Against the same figure through plain Nginx, block by block; absent of that itself. */
  readonly finding?: Finding;
}

/** A way to check the tokens of a target's clients behind Nginx: in the server, or before it. */
export interface Variant {
  readonly target: string;
  readonly route: Route;
  /** Who checks: `server`, or how the proxy does it: by `signature` or `introspection`. */
  readonly tokens: string;
  /** Of introspection: whether Nginx keeps what the issuer said, `on` or `off`. */
  readonly cache?: string;
  /** Absent where `tokens` was not measured. */
  readonly parts?: Omit<RouteParts, 'startMs'>;
  readonly figures: readonly VariantFigure[];
}

/** One figure of the echoes of one target beside a neighbour, against the same without one. */
export interface NeighbourCost extends Finding {
  readonly target: string;
  readonly route: Route;
  /** Of the case with the neighbour. */
  readonly params: Params;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly alone: Estimate;
  readonly beside: Estimate;
}

/** One figure of one target whose proxy reaches it over a Unix socket, against the same over TCP. */
export interface UpstreamCost extends Omit<ProxyCost, 'direct' | 'proxied' | 'directLimiter'> {
  readonly tcp: Estimate;
  readonly unix: Estimate;
  readonly tcpLimiter: Limiter | null;
}

/** What became of one target at one rate of `load`. */
export interface LadderStep {
  readonly ratePerSec: number;
  /**
   * `generator`: the generator was saturated or late, so the step says nothing about the target. `undecided`: p99 is over
   * the bound for a few slices, as one stall of the machine makes it.
   */
  readonly outcome: 'keeps' | 'breaks' | 'undecided' | 'generator';
  /** Why it is not `keeps`. One clause. */
  readonly reason?: string;
  readonly limiter: Limiter;
}

/** The highest rate that a target keeps, as far as the ladder shows it. */
export interface Capacity {
  /** The highest rate that it kept; null when it kept none. */
  readonly kept: number | null;
  /** The lowest rate above `kept` that broke it; null when none did: then `kept` is only a lower bound. */
  readonly broken: number | null;
  /** Who was saturated at `broken`; `generator` where the generator ended the ladder, null where the ladder ended. */
  readonly limiter: Limiter | null;
}

/** All steps of one target, from the lowest rate on. */
export interface Ladder extends Capacity {
  readonly target: string;
  readonly route: Route;
  /** Without `ratePerSec`. */
  readonly params: Params;
  readonly steps: readonly LadderStep[];
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

/** A finding that is not a number: what a client sees past the limit, and whether 99 % of the clients were back in time. */
export interface Fact extends Case {
  readonly name: 'pastLimit' | 'backInTime';
  readonly value: string;
}

/** One target's place in one need. */
export interface NeedRow {
  readonly target: string;
  /** Null when it was not measured. */
  readonly estimate: Estimate | null;
  /** At least 1: how many times worse than the best; null when there is nothing to compare. */
  readonly ratioToBest: number | null;
  /** The 95 % interval of `ratioToBest`; absent for the best, for what was counted, and of too few blocks. */
  readonly ratioInterval?: { readonly lo: number; readonly hi: number };
  /**
   * `best`: better than some other, and none is better; `behind`: a difference from the best was shown; `equal`: to the
   * best, within the margin; `undecided`: neither was shown; `unranked`: the generator was the limit, or there is no other.
   */
  readonly place: 'best' | 'equal' | 'behind' | 'undecided' | 'unranked' | 'missing';
  readonly limiter: Limiter | null;
  /** Why it is undecided, unranked or missing. */
  readonly reason?: string;
}

export const needIds = [
  'message',
  'burst',
  'latency',
  'capacity',
  'fanout',
  'rooms',
  'handshakes',
  'deploys',
  'nginx',
  'compression',
  'memory',
  'idle',
  'robustness',
] as const;
export type NeedId = (typeof needIds)[number];

/** One column of the first table: a need, the figure that stands for it, and every target's place in it. */
export interface Need {
  readonly id: NeedId;
  /** A few words, e.g. `CPU per message`. */
  readonly title: string;
  /** The case that the figure was taken from. */
  readonly scenario: Scenario | null;
  readonly route: Route | null;
  readonly params: Params;
  readonly metric: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly rows: readonly NeedRow[];
  /** The smallest difference that shows in each of its ratios, as a fraction; null where no ratio has an interval. */
  readonly resolution: number | null;
  /** What a reader must know of its load. One sentence. */
  readonly note?: string;
}

/** What else went on in the machine, as shares of all its cores' time during the slices, 0 to 1. */
export interface NoiseSummary {
  /** CPU time of processes that were not part of the run. */
  readonly others: number;
  /** Time that the hypervisor gave to other machines. */
  readonly steal: number;
  /** Time in which some task waited for a core, the run's own included; a share of the time, not of the cores. */
  readonly pressure: number;
}

/** `report.json`: the summary of a run that every renderer works from. */
export interface Report {
  readonly schemaVersion: number;
  readonly command: string;
  readonly preset: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly environment: Environment;
  readonly precision: Precision;
  /** A ratio whose whole interval is this close to 1 is `equal`, as a fraction: 0.06 is 6 %. */
  readonly equalWithin: number;
  /** The smallest difference of CPU cost that shows in each need that is ranked by it; null where none is. */
  readonly resolution: number | null;
  /** Null where no slice was measured. */
  readonly noise: NoiseSummary | null;
  /** One sentence about a machine that was busy with something else; null where it was not. */
  readonly banner: string | null;
  readonly targets: readonly TargetInfo[];
  readonly cells: readonly Cell[];
  readonly comparisons: readonly Comparison[];
  /** Empty where no case was measured both direct and through a proxy. */
  readonly proxyCosts: readonly ProxyCost[];
  /** Empty where clients brought no tokens. */
  readonly variants: readonly Variant[];
  /** Empty where `mixed` was not measured. */
  readonly neighbourCosts: readonly NeighbourCost[];
  /** Empty where the proxy did not reach the servers both ways. */
  readonly upstreamCosts: readonly UpstreamCost[];
  readonly ladders: readonly Ladder[];
  readonly curves: readonly Curve[];
  readonly holdLines: readonly HoldLine[];
  /** Empty where no instances were replaced. */
  readonly absences: readonly Absence[];
  readonly facts: readonly Fact[];
  /** In the order of `needIds`; one that was not measured in this run is absent. */
  readonly needs: readonly Need[];
  /** What a reader must know of the whole run, a sentence each, e.g. that it did not come to its end. */
  readonly notes: readonly string[];
  /** Slices and trials that the report was made from. */
  readonly measured: { readonly slices: number; readonly trials: number };
  readonly conformance: readonly ConformanceLine[];
  /** Cases that failed, a sentence each, and what could not be read of the run file. */
  readonly problems: readonly string[];
}
