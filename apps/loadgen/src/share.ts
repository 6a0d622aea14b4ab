import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Control } from './control.ts';
import { destinationsOf } from './destinations.ts';
import { fillSteps } from './loads/hold-load.ts';
import { loadFor } from './loads/load-for.ts';
import { dialsItself } from './schedule.ts';
import { Session } from './session.ts';
import { shareOf } from './share-of.ts';
import { type ShareResult, shareResult } from './share-result.ts';
import { takeTurn } from './turn.ts';

/** Handshakes under way at a time while a job's connections are opened. */
const DIALS_ABREAST = 128;

/**
 * What one process does of a job: connect → warm up → measure → drain → result.
 * @param spec the whole job; `control.part` says which share is this process's.
 * @throws Error in one sentence for a job that cannot be done at all.
 */
export async function runShare(spec: LoadSpec, control: Control): Promise<ShareResult> {
  const session = new Session(spec, await destinationsOf(spec));
  control.watch?.(() => ({
    connections: session.open.size,
    sent: session.counters.sent,
    received: session.counters.messages,
  }));
  try {
    const load = await loadFor(session, spec.load, control);
    await connect(session, control);
    const schedule = await control.connected(session.open.size);
    const turn = { schedule, drainMs: spec.drainMs, stop: control.stop };
    const window = await takeTurn(session, load, turn, control);
    return shareResult(session, window, load.figures());
  } finally {
    session.close();
  }
}

/** Opens this process's share of the connections. */
async function connect(session: Session, control: Control): Promise<void> {
  const { load, connections } = session.spec;
  if (load.kind === 'hold') await fillSteps(session, load, control);
  else if (!dialsItself(load)) {
    const { first, count } = shareOf(connections, control);
    await session.dialAll(first, count, Math.ceil(DIALS_ABREAST / control.parts), control.stop);
  }
}
