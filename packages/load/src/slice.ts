import type { SparseHistogram } from './buckets.ts';
import type { BroadcastLoad, ClosedLoad, ConnectLoad, OpenLoad } from './load-spec.ts';

/** One short load on an open session. */
export interface SliceSpec {
  readonly load: ClosedLoad | OpenLoad | BroadcastLoad | ConnectLoad;
  /** How long messages are sent, in milliseconds. */
  readonly durationMs: number;
  /** Then wait at most this long for what is under way, in milliseconds. */
  readonly drainMs: number;
}

/**
 * What the generator measured of one slice. A unit is a message (a broadcast: a delivery; handshakes: a handshake).
 * All that was sent in the slice belongs to it, whenever it came back.
 */
export interface SliceResult {
  /** From the first send to the last reply, or to the end of the drain, in nanoseconds. */
  readonly wallNs: number;
  /** What the schedule asked for; in a closed loop what was sent. */
  readonly offered: number;
  readonly sent: number;
  /** Units done: each reply, delivery or handshake once. */
  readonly delivered: number;
  /** Units that `sent` should have given and that did not come. */
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly corrupted: number;
  /** Bytes below TLS, and payload bytes received. */
  readonly wireSent: number;
  readonly wireReceived: number;
  readonly payloadReceived: number;
  /** Sends that left more than 5 ms after their time, and the 99th percentile of that lateness in nanoseconds. */
  readonly late: number;
  readonly lagP99Ns: number;
  /** From the intended send (broadcast: until each member has it; handshakes: until the session is open). Absent in a closed loop. */
  readonly intended?: SparseHistogram;
  /** From the real send. */
  readonly actual?: SparseHistogram;
  /** Broadcast: until the last member has it. */
  readonly lastMember?: SparseHistogram;
  /** Failed handshakes by reason, and ends that the generator did not ask for by close code; absent when there were none. */
  readonly failed?: Readonly<Record<string, number>>;
  readonly closed?: Readonly<Record<string, number>>;
}
