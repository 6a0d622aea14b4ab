import type { LoadResult } from '@ws-arena/results/load-result';
import type { LoadSpec } from '@ws-arena/results/load-spec';
import type { Control } from './control.ts';
import { destinationsOf } from './destinations.ts';
import { runClosed } from './loads/closed-load.ts';
import { runConnect } from './loads/connect-load.ts';
import { runOpen } from './loads/open-load.ts';
import { Session } from './session.ts';
import { shareResult } from './share-result.ts';
import { Window } from './window.ts';

/** Handshakes under way at a time while a job's connections are opened. */
const DIALS_ABREAST = 128;

/**
 * What one process does of a job: opens its share of the connections, loads them, measures, closes them.
 * @param spec the whole job; `control.part` says which share is this process's.
 * @throws Error in one sentence when nothing could be measured.
 */
export async function runShare(spec: LoadSpec, control: Control): Promise<LoadResult> {
  const session = new Session(spec, await destinationsOf(spec));
  const window = new Window(session.counters);
  try {
    if (spec.load.kind !== 'connect') {
      const { first, count } = shareOf(spec.connections, control);
      await session.dialAll(first, count, DIALS_ABREAST, control.stop);
      if (session.opened === 0 && count > 0) throw new Error(noConnection(spec, session.failed));
    }
    return await runLoad(session, control, window);
  } finally {
    session.close();
  }
}

/** The share of `connections` that belongs to `part` of `parts`. */
export function shareOf(connections: number, { part, parts }: Pick<Control, 'part' | 'parts'>) {
  const first = Math.floor((connections * part) / parts);
  return { first, count: Math.floor((connections * (part + 1)) / parts) - first };
}

function noConnection(spec: LoadSpec, failed: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(failed).map(([reason, count]) => `${reason} (${count} times)`);
  return `no connection to ${spec.urls.join(', ')} could be opened: ${reasons.join(', ') || 'stopped'}`;
}

async function runLoad(session: Session, control: Control, window: Window): Promise<LoadResult> {
  const { load } = session.spec;
  switch (load.kind) {
    case 'closed': {
      const replies = await runClosed(session, load, control, window);
      return shareResult(session, window, { faults: replies.faults });
    }
    case 'open': {
      const open = await runOpen(session, load, control, window);
      return shareResult(session, window, {
        faults: open.replies.faults,
        offered: open.offered,
        late: open.late,
        latencyIntended: open.intended,
        latencyActual: open.actual,
        scheduleLag: open.lag,
      });
    }
    case 'connect': {
      const figures = await runConnect(session, load, control, window);
      return shareResult(session, window, {
        handshake: session.handshake,
        ...(load.ratePerSec > 0 && {
          offered: figures.offered,
          latencyIntended: figures.intended,
          scheduleLag: figures.lag,
        }),
      });
    }
    default:
      throw new Error(`load ${load.kind} is not known; known are closed, open, connect`);
  }
}
