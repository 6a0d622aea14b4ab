import type { EncodedHistogram } from './encoded-histogram.ts';
import type { Warning } from './warning.ts';

/** What became of the connections. */
export interface ConnectionCounts {
  readonly asked: number;
  readonly opened: number;
  /** Failed handshakes by reason: `refused`, `timeout`, `status 503`, … */
  readonly failed: Readonly<Record<string, number>>;
  /** Ends that the generator did not ask for, by close code (`1006` when there was none). */
  readonly closed: Readonly<Record<string, number>>;
}

/**
 * Messages of the measured window. `offered` counts what the schedule asked for, `sent` what left, `delivered` the
 * replies (for rooms: the deliveries) to what was sent, each once; `expected` is what `delivered` would be without loss.
 */
export interface MessageCounts {
  readonly offered: number;
  readonly sent: number;
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly corrupted: number;
}

/**
 * Bytes of the measured window: on the wire below TLS, and of message payloads. Of a scenario, `payloadSent` counts the
 * contents, and `payloadReceived` is 0.
 */
export interface ByteCounts {
  readonly wireSent: number;
  readonly wireReceived: number;
  readonly payloadSent: number;
  readonly payloadReceived: number;
}

/** One agent of a fleet, and its part of the messages of the measured window. */
export interface AgentReport {
  readonly name: string;
  readonly processes: number;
  readonly connections: number;
  readonly sent: number;
  readonly delivered: number;
  /** Its machine's clock minus that of Redis, and the round trip that it was measured with, in milliseconds. */
  readonly clockAheadMs: number;
  readonly roundTripMs: number;
  /** Why nothing of it is in the result. */
  readonly lost?: string;
}

/** What the processes of a server used while an observer beside them looked, over the measured window. */
export interface ObservedUsage {
  readonly name: string;
  readonly pids: readonly number[];
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  readonly maxRssBytes: number;
  readonly wallMs: number;
  /** Why it does not cover the window. */
  readonly lost?: string;
}

/** What the generator itself cost, over the measured window. */
export interface GeneratorUsage {
  readonly processes: number;
  readonly pids: readonly number[];
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  /** CPU time over wall time of its busiest process, 0 to 1. */
  readonly busiest: number;
  /** The schedule was missed by more than 1 % of the offered messages, or by more than the load can bear. */
  readonly behindSchedule: boolean;
  /** Of a fleet; `pids` are those of the machines of its agents then. */
  readonly agents?: readonly AgentReport[];
}

/** What the client saw around the largest message that passed. */
export interface LimitFinding {
  readonly largestBytes: number;
  /** At one byte more: a close code such as `1009`, `1006`, `reset`, `nothing` after the time-out, or `none` when the maximum passed. */
  readonly past: string;
}

/** What became of clients that come back, in the ticks of the window: numbers of each from its beginning on. */
export interface ReturnCounts {
  readonly tickMs: number;
  readonly clients: number;
  /** Connections that ended, handshakes that were begun, clients that had a connection again. */
  readonly ended: readonly number[];
  readonly begun: readonly number[];
  readonly returned: readonly number[];
  /** Messages that waited in a client until it was back. */
  readonly waited: number;
  /** Messages that were lost although the connection that they left on stayed open. Absent in older results. */
  readonly lostUntouched?: number;
  /** Sessions that the server restored, where clients of Socket.IO ask for it. */
  readonly recovered?: number;
}

/** What the members of a room got that read slowly. */
export interface SlowFinding {
  readonly members: number;
  /** Messages that came, those included that they read after the window. */
  readonly got: number;
  /** Messages that did not come although later ones did: dropped in silence. */
  readonly dropped: number;
  /** How many of them the server had ended. */
  readonly ended: number;
}

/** Everything the generator measured of one job. Histograms hold nanoseconds. */
export interface LoadResult {
  readonly connections: ConnectionCounts;
  /** What the server put in Sec-WebSocket-Extensions, empty for none. */
  readonly extensions: string;
  /** The real length of the measured window, in nanoseconds. */
  readonly measuredNs: number;
  readonly messages: MessageCounts;
  readonly bytes: ByteCounts;
  /** From the intended send time (open loop; broadcast: until each member has it). */
  readonly latencyIntended?: EncodedHistogram;
  /** From the real send. */
  readonly latencyActual?: EncodedHistogram;
  /** Of clients that come back: of the messages that were due while their client had a connection, from the intended send time. */
  readonly latencyConnected?: EncodedHistogram;
  /** Of clients that come back: from the end of a connection until the client has the next. */
  readonly absence?: EncodedHistogram;
  readonly returns?: ReturnCounts;
  readonly slow?: SlowFinding;
  /** Broadcast: until the last member has the message. */
  readonly latencyLast?: EncodedHistogram;
  /** From connect() to the end of the handshake. */
  readonly handshake?: EncodedHistogram;
  /** How late the generator was with each send. */
  readonly scheduleLag?: EncodedHistogram;
  readonly handshakes: number;
  readonly limit?: LimitFinding;
  readonly generator: GeneratorUsage;
  /** Of the servers that were observed. */
  readonly observed?: readonly ObservedUsage[];
  readonly warnings: readonly Warning[];
}
