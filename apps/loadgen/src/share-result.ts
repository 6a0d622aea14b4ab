import type { LimitFinding, LoadResult } from '@ws-arena/load/load-result';
import type { Recorder } from './recorder.ts';
import type { SequenceFaults } from './sequence.ts';
import type { Session } from './session.ts';
import type { Window } from './window.ts';

/** What a load knows beyond its session and window. */
export interface ShareFigures {
  readonly faults?: SequenceFaults;
  /** What the schedule asked for; absent in a closed loop, where it is what was sent. */
  readonly offered?: number;
  /** Absent where the connections' sequences know. */
  readonly sent?: number;
  /** Absent where it is the echoes of what was sent. */
  readonly delivered?: number;
  readonly payloadReceived?: number;
  readonly limit?: LimitFinding;
  /** How many messages left later than `LATE_NS` after their time. */
  readonly late?: number;
  readonly latencyIntended?: Recorder;
  readonly latencyActual?: Recorder;
  readonly scheduleLag?: Recorder;
  readonly handshake?: Recorder;
}

/** What the members of one process got of a broadcast: by sequence number, messages of the window only. */
export interface DeliveryLog {
  readonly members: number;
  readonly count: Uint32Array;
  /** Nanoseconds from the intended time to the last delivery. */
  readonly lastNs: Float64Array;
}

/** What one process has measured of a job. */
export interface ShareResult {
  readonly result: LoadResult;
  readonly deliveries?: DeliveryLog;
}

/** The result of one process's share. */
export function shareResult(session: Session, window: Window, figures: ShareFigures): LoadResult {
  const { spec, message, members } = session;
  const sent = figures.sent ?? sum(members, (c) => c.sequence.sent);
  const echoed = spec.expect === 'echo' && figures.delivered === undefined;
  const lost = echoed ? sum(members, (c) => c.sequence.lost) : 0;
  const expected = echoed ? sent : (figures.delivered ?? 0);
  const offered = figures.offered ?? sent;
  const faults = figures.faults ?? { duplicated: 0, reordered: 0, corrupted: 0 };
  const { cpu, measuredNs } = window;
  return {
    connections: {
      asked: session.asked,
      opened: session.opened,
      failed: session.failed,
      closed: session.unexpected,
    },
    extensions: session.extensions,
    measuredNs,
    messages: { offered, sent, expected, delivered: expected - lost, lost, ...faults },
    bytes: {
      wireSent: window.gained('wireSent'),
      wireReceived: window.gained('wireReceived'),
      payloadSent: window.gained('sent') * message.payload.length,
      payloadReceived: figures.payloadReceived ?? window.gained('messages') * message.payload.length,
    },
    ...encoded('latencyIntended', figures.latencyIntended),
    ...encoded('latencyActual', figures.latencyActual),
    ...encoded('scheduleLag', figures.scheduleLag),
    ...encoded('handshake', figures.handshake ?? session.handshake),
    handshakes: session.handshakes,
    ...(figures.limit && { limit: figures.limit }),
    generator: {
      processes: 1,
      pids: [process.pid],
      cpuUserUs: cpu.user,
      cpuSystemUs: cpu.system,
      busiest: measuredNs > 0 ? ((cpu.user + cpu.system) * 1000) / measuredNs : 0,
      behindSchedule: figures.offered !== undefined && isBehind(offered, sent, figures.late ?? 0),
    },
    warnings: session.warnings,
  };
}

/** More than 1 % of what was offered was not sent, or was sent late. */
function isBehind(offered: number, sent: number, late: number): boolean {
  return offered - sent + late > offered / 100;
}

function encoded<K extends string>(name: K, recorder: Recorder | undefined): { [key in K]?: string } {
  return recorder && recorder.total > 0 ? ({ [name]: recorder.encode() } as { [key in K]?: string }) : {};
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
