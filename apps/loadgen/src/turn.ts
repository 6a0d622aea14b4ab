import { setTimeout as delay } from 'node:timers/promises';
import { nowNs } from './clock.ts';
import type { Schedule } from './control.ts';
import type { RunningLoad } from './loads/running-load.ts';
import type { Session } from './session.ts';
import { waitUntil } from './wait.ts';
import { Window } from './window.ts';

/** How often a drain looks whether all has come back, in milliseconds. */
const LOOK_MS = 1;

/** What a turn tells whoever asked for it. */
export interface TurnHooks {
  measuring?(): void;
  measured?(): void;
}

/** One load, once: warm up → measure → drain. A job is one turn, and so is a slice, which has no warm-up. */
export interface Turn {
  readonly schedule: Schedule;
  readonly drainMs: number;
  readonly stop: AbortSignal;
  /** The ordinal of a slice, from 1; absent in a job. */
  readonly slice?: number;
}

/** Takes a turn on the connections of `session`, and resolves to its window when nothing of it is under way any more. */
export async function takeTurn(
  session: Session,
  load: RunningLoad,
  turn: Turn,
  hooks: TurnHooks = {},
): Promise<Window> {
  const { schedule, stop } = turn;
  const window = new Window(session.counters);
  session.driver = load;
  await waitUntil(schedule.startNs, stop);
  const warmsUp = schedule.fromNs > schedule.startNs;
  if (!warmsUp) window.begin();
  load.start(schedule, turn.slice);
  if (warmsUp) {
    await load.until(schedule.fromNs);
    load.warm();
    window.begin();
  }
  hooks.measuring?.();
  await load.until(schedule.toNs);
  const asleep = load.end();
  window.end();
  hooks.measured?.();
  await asleep;
  await drain(session, load, turn);
  if (load.giveUp && !load.settled && !stop.aborted) {
    load.giveUp();
    while (!load.settled) await delay(LOOK_MS);
  }
  return window;
}

/**
 * Resolves when everything has come back, after `drainMs` at the latest, or at once when the job is stopped. Where nothing
 * comes back, a server that answers a goodbye has read everything before it: then it is that which is waited for.
 */
async function drain(session: Session, load: RunningLoad, { drainMs, stop }: Turn): Promise<void> {
  const goodbye = session.spec.expect === 'none';
  if (goodbye) for (const connection of session.open) connection.leave();
  const settled = () => (goodbye ? session.open.size === 0 : load.settled);
  for (const untilNs = nowNs() + drainMs * 1e6; !settled() && nowNs() < untilNs && !stop.aborted; )
    await delay(LOOK_MS);
  const silent = session.open.size;
  if (goodbye && silent > 0 && !stop.aborted)
    session.warn(
      'lost',
      `${silent} of ${session.opened} connections had no answer to their goodbye within the drain time: what the server had not read by then, it may have lost`,
    );
}
