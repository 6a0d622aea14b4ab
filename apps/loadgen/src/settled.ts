import type { Session } from './session.ts';
import { wait } from './wait.ts';

const LOOK_MS = 5;

/** Resolves when every message has come back, after `drainMs` at the latest, or at once when the job is stopped. */
export async function settled(session: Session, stop: AbortSignal): Promise<void> {
  const { drainMs, expect } = session.spec;
  for (let waited = 0; waited < drainMs && !stop.aborted && expect === 'echo'; waited += LOOK_MS) {
    let open = false;
    for (const connection of session.open) open ||= !connection.sequence.settled;
    if (!open) return;
    await wait(LOOK_MS, stop);
  }
}
