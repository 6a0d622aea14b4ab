import type { LimitFinding } from '@ws-arena/load/load-result';
import type { Schedule } from '../control.ts';
import type { Driver } from '../driver.ts';
import type { Recorder } from '../recorder.ts';
import type { SequenceFaults } from '../sequence.ts';

/** One load on the connections of a session. A job runs it once, an open session once for each slice. */
export interface RunningLoad extends Driver {
  /**
   * Begins to send, and to count: what an earlier turn counted is forgotten.
   * @param slice the ordinal of the slice, from 1; absent in a job. Slices jitter their schedule, each in its own way.
   */
  start(schedule: Schedule, slice?: number): void;
  /** Sends until `timeNs`. */
  until(timeNs: number): Promise<void>;
  /** The warm-up is over: what it counted is forgotten. */
  warm(): void;
  /** Nothing more is sent. Resolves when the schedule's thread sleeps. */
  end(): Promise<void> | void;
  /** Whether everything that was sent has come back. */
  readonly settled: boolean;
  /** The drain is over: what is still under way is given up. */
  giveUp?(): void;
  figures(): LoadFigures;
}

/** What a load has counted of its window. Times are of `nowNs`. */
export interface LoadFigures {
  /** What the schedule asked for; absent where there is none. */
  readonly offered?: number;
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly faults?: SequenceFaults;
  readonly payloadReceived?: number;
  /** Messages that left later than `LATE_NS` after their time. */
  readonly late?: number;
  readonly intended?: Recorder;
  readonly actual?: Recorder;
  readonly lag?: Recorder;
  readonly deliveries?: DeliveryLog;
  readonly limit?: LimitFinding;
  /** The first send and the last reply. */
  readonly firstNs: number;
  readonly lastNs: number;
}

/** What the members of one process got of a broadcast; message `i` is one of room `i % members.length`. */
export interface DeliveryLog {
  /** Members of each room, and messages sent in it. */
  readonly members: readonly number[];
  readonly sent: readonly number[];
  /** Deliveries of each message of the window. */
  readonly count: Uint32Array;
  /** Nanoseconds from the intended time to the last delivery. */
  readonly lastNs: Float64Array;
}
