import { Recorder } from '../record/recorder.ts';

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

/** One for all results: it is large, and its content is read at once. */
const recorder = new Recorder();

/** Members of each room, in all processes. */
function membersOf(logs: readonly DeliveryLog[]): number[] {
  const rooms = logs[0]?.members.length ?? 0;
  return Array.from({ length: rooms }, (_, room) => logs.reduce((sum, log) => sum + log.members[room]!, 0));
}

/** How many deliveries there would be without a loss. */
export function expectedDeliveries(logs: readonly DeliveryLog[]): number {
  return membersOf(logs).reduce(
    (sum, members, room) => sum + members * logs.reduce((sent, log) => sent + log.sent[room]!, 0),
    0,
  );
}

/** The times until the last member had a message, of the messages that every member of all processes has got. */
export function lastMember(logs: readonly DeliveryLog[]): Recorder {
  recorder.clear();
  const members = membersOf(logs);
  const messages = Math.max(0, ...logs.map((log) => log.count.length));
  for (let i = 0; i < messages; i++) {
    let count = 0;
    let latest = 0;
    for (const log of logs) {
      count += log.count[i] ?? 0;
      latest = Math.max(latest, log.lastNs[i] ?? 0);
    }
    if (count > 0 && count >= members[i % members.length]!) recorder.record(latest);
  }
  return recorder;
}
