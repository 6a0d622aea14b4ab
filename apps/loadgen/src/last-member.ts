import type { DeliveryLog } from './loads/running-load.ts';
import { Recorder } from './recorder.ts';

/** One for all results: it is large, and its content is read at once. */
const recorder = new Recorder();

/** The times until the last member had a message, of the messages that every member of all processes has got. */
export function lastMember(logs: readonly DeliveryLog[]): Recorder {
  recorder.clear();
  const members = logs.reduce((sum, log) => sum + log.members, 0);
  const messages = Math.max(0, ...logs.map((log) => log.count.length));
  for (let i = 0; i < messages; i++) {
    let count = 0;
    let latest = 0;
    for (const log of logs) {
      count += log.count[i] ?? 0;
      latest = Math.max(latest, log.lastNs[i] ?? 0);
    }
    if (count > 0 && count >= members) recorder.record(latest);
  }
  return recorder;
}
