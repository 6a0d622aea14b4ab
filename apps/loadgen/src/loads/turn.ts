import { setTimeout as delay } from 'node:timers/promises';
import { beginWindow, type Window } from '../record/window.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Session } from '../transport/session.ts';
import type { RunningLoad } from './running-load.ts';

/** How often a drain looks whether all has come back, in milliseconds. */
const LOOK_MS = 1;

/** What a turn reports to its caller. */
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
  session.driver = load;
  await waitUntil(schedule.startNs, stop);
  const warmsUp = schedule.fromNs > schedule.startNs;
  let endWindow = beginWindow(session.traffic);
  load.start(schedule, turn.slice);
  if (warmsUp) {
    await load.until(schedule.fromNs);
    load.warm?.();
    endWindow = beginWindow(session.traffic);
  }
  hooks.measuring?.();
  await load.until(schedule.toNs);
  const asleep = load.end();
  const window = endWindow();
  hooks.measured?.();
  await asleep;
  await drain(session, load, turn);
  if (load.giveUp && !load.idle && !stop.aborted) {
    load.giveUp();
    while (!load.idle) await delay(LOOK_MS);
  }
  return window;
}

/**
 * Resolves when everything has come back, after `drainMs` at the latest, or at once when the job is stopped. Where nothing
 * is to come back, every connection sends a close frame: a server that answers it has read everything before it.
 */
async function drain(session: Session, load: RunningLoad, { drainMs, stop }: Turn): Promise<void> {
  const { open, opened, spec } = session;
  const leaves = spec.expect === 'none';
  if (leaves) for (const connection of open) connection.leave();
  const idle = () => (leaves ? open.size === 0 : load.idle);
  for (const untilNs = nowNs() + drainMs * 1e6; !idle() && nowNs() < untilNs && !stop.aborted; )
    await delay(LOOK_MS);
  if (leaves && open.size > 0 && !stop.aborted)
    session.warn(
      'lost',
      `the server did not answer the close frame of ${open.size} of ${opened} connections within the drain time: what it had not read by then, it may have lost`,
    );
}
