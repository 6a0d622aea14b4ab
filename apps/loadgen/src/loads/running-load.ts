import type { LimitFinding, ReturnCounts, SlowFinding } from '@ws-arena/load/load-result';
import type { Recorder } from '../record/recorder.ts';
import type { SequenceFaults } from '../record/sequence.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Driver } from '../transport/connection.ts';
import type { DeliveryLog } from './deliveries.ts';

/** One load on the connections of a session. A job runs it once, an open session once for each slice. */
export interface RunningLoad extends Driver {
  /**
   * Begins to send, and to count: what an earlier turn counted is forgotten.
   * @param slice the ordinal of the slice, from 1; absent in a job. Slices jitter their schedule, each in its own way.
   */
  start(schedule: Schedule, slice?: number): void;
  /** Sends until `timeNs`. */
  until(timeNs: number): Promise<void>;
  /** Resolves when what must not be cut off by the end of the window is over. Absent where there is no such thing. */
  settled?(): Promise<void>;
  /** The warm-up is over: what it counted is forgotten. Absent where only the window's messages are counted. */
  warm?(): void;
  /** Nothing more is sent. Resolves when the schedule's thread sleeps. */
  end(): Promise<void> | void;
  /** Whether nothing is under way any more. */
  readonly idle: boolean;
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
  /** Of clients that come back. */
  readonly connected?: Recorder;
  readonly absence?: Recorder;
  readonly returns?: ReturnCounts;
  readonly slow?: SlowFinding;
  readonly deliveries?: DeliveryLog;
  readonly limit?: LimitFinding;
  /** The first send and the last reply. */
  readonly firstNs: number;
  readonly lastNs: number;
}
