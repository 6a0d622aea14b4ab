import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Control } from './control.ts';
import { destinationsOf } from './destinations.ts';
import { type BroadcastDriver, runBroadcast } from './loads/broadcast-load.ts';
import { runClosed } from './loads/closed-load.ts';
import { runConnect } from './loads/connect-load.ts';
import { runHold } from './loads/hold-load.ts';
import { runLimit } from './loads/limit-load.ts';
import { type OpenDriver, runOpen } from './loads/open-load.ts';
import { runReceive } from './loads/receive-load.ts';
import { dialsItself } from './schedule.ts';
import { Session } from './session.ts';
import { shareOf } from './share-of.ts';
import { type ShareFigures, type ShareResult, shareResult } from './share-result.ts';
import { Window } from './window.ts';

/** Handshakes under way at a time while a job's connections are opened. */
const DIALS_ABREAST = 128;

/**
 * What one process does of a job: opens its share of the connections, loads them, measures, closes them.
 * @param spec the whole job; `control.part` says which share is this process's.
 * @throws Error in one sentence for a job that cannot be done at all.
 */
export async function runShare(spec: LoadSpec, control: Control): Promise<ShareResult> {
  const session = new Session(spec, await destinationsOf(spec));
  const window = new Window(session.counters);
  control.watch?.(() => ({
    connections: session.open.size,
    sent: session.counters.sent,
    received: session.counters.messages,
  }));
  try {
    if (!dialsItself(spec.load)) {
      const { first, count } = shareOf(spec.connections, control);
      await session.dialAll(first, count, Math.ceil(DIALS_ABREAST / control.parts), control.stop);
    }
    return await runLoad(session, control, window);
  } finally {
    session.close();
  }
}

async function runLoad(session: Session, control: Control, window: Window): Promise<ShareResult> {
  const { load } = session.spec;
  const result = (figures: ShareFigures) => ({ result: shareResult(session, window, figures) });
  switch (load.kind) {
    case 'closed': {
      const replies = await runClosed(session, load, control, window);
      return result({ faults: replies.faults });
    }
    case 'open': {
      const driver = await runOpen(session, load, control, window);
      return result({ ...onSchedule(driver), faults: driver.replies.faults });
    }
    case 'broadcast': {
      const driver = await runBroadcast(session, load, control, window);
      const { sent, delivered, faults } = driver;
      return {
        ...result({ ...onSchedule(driver), sent, delivered, faults }),
        deliveries: driver.deliveries(),
      };
    }
    case 'connect': {
      const { offered, sent, late, intended, lag } = await runConnect(session, load, control, window);
      const open = { offered, late, latencyIntended: intended, scheduleLag: lag };
      return result({
        sent,
        handshake: session.handshake,
        delivered: session.handshakes,
        ...(load.ratePerSec > 0 && open),
      });
    }
    case 'hold':
      await runHold(session, load, control, window);
      return result({ sent: 0, delivered: 0 });
    case 'limit':
      return result({ sent: 0, delivered: 0, limit: await runLimit(session, load, control, window) });
    case 'receive': {
      const { received, payloadBytes } = await runReceive(session, control, window);
      return result({ sent: 0, delivered: received, payloadReceived: payloadBytes });
    }
  }
}

/** The figures of a load that sends on a schedule. */
function onSchedule(driver: OpenDriver | BroadcastDriver): ShareFigures {
  const { offered, late, intended, actual, lag } = driver;
  return { offered, late, latencyIntended: intended, latencyActual: actual, scheduleLag: lag };
}
