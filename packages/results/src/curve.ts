import type { Params, Route, Scenario } from './trial.ts';

/** One point of a latency curve: `quantile` of all messages took at most this long, in nanoseconds. */
export interface CurvePoint {
  /** 0 to 1; the last point is 1, the maximum. */
  readonly quantile: number;
  readonly ns: number;
}

/** The merged histogram of all slices of one case, as a curve. */
export interface Curve {
  readonly scenario: Scenario;
  readonly target: string;
  readonly route: Route;
  readonly params: Params;
  /** From the intended send to the reply (of a broadcast: until each member, or the last one, has it), or of a handshake. */
  readonly of: 'message' | 'last-member' | 'handshake';
  /** Values in the histogram. */
  readonly count: number;
  readonly points: readonly CurvePoint[];
}
