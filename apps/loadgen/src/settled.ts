import type { Session } from './session.ts';
import { wait } from './wait.ts';

const LOOK_MS = 5;

/**
 * Resolves when every message has come back, after `drainMs` at the latest, or at once when the job is stopped. Where
 * nothing comes back, a server that answers a goodbye has read everything before it: then it is that which is waited for.
 */
export async function settled(session: Session, stop: AbortSignal): Promise<void> {
  const { drainMs, expect } = session.spec;
  const goodbye = expect === 'none';
  if (goodbye) for (const connection of session.open) connection.leave();
  for (let waited = 0; waited < drainMs && !stop.aborted; waited += LOOK_MS) {
    if (goodbye ? session.open.size === 0 : allBack(session)) return;
    await wait(LOOK_MS, stop);
  }
  const silent = session.open.size;
  if (goodbye && silent > 0 && !stop.aborted)
    session.warn(
      'lost',
      `${silent} of ${session.opened} connections had no answer to their goodbye within the drain time: what the server had not read by then, it may have lost`,
    );
}

function allBack(session: Session): boolean {
  for (const connection of session.open) if (!connection.sequence.settled) return false;
  return true;
}
