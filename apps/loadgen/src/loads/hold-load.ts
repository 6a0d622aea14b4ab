import type { HoldLoad } from '@ws-arena/load/load-spec';
import { nowNs } from '../clock.ts';
import type { Control } from '../control.ts';
import type { Session } from '../session.ts';
import { shareOf } from '../share-of.ts';
import { wait } from '../wait.ts';
import type { Window } from '../window.ts';

/** Handshakes under way at a time, over all processes: below the accept queue that a kernel gives by default. */
const DIALS_ABREAST = 512;

/**
 * Idle connections in growing numbers. Pings are answered all the while; ends that the server brings about are counted
 * by the session. Where none of the first ones could be opened, nothing more is tried and nothing waited for.
 */
export async function runHold(
  session: Session,
  load: HoldLoad,
  control: Control,
  window: Window,
): Promise<void> {
  let dialled = 0;
  const idle = async (ms: number) => {
    if (session.opened > 0) await wait(ms, control.stop);
  };
  for (const [step, connections] of load.steps.entries()) {
    const share = shareOf(connections, control);
    await fill(session, load, control, dialled, share.count);
    dialled = Math.max(dialled, share.count);
    if (step === 0) await control.connected(session.open.size);
    await idle(load.settleMs);
    await control.held(session.open.size);
  }
  window.begin();
  control.measuring();
  await idle(load.holdMs);
  window.end();
  control.measured();
}

/** Dials connections number `from` to `to` of this process at its share of the rate. */
async function fill(
  session: Session,
  load: HoldLoad,
  control: Control,
  from: number,
  to: number,
): Promise<void> {
  const { part, parts, stop } = control;
  const perNs = load.rampPerSec / parts / 1e9;
  const abreast = Math.max(4, Math.floor(DIALS_ABREAST / parts));
  const startNs = nowNs();
  const under = new Set<Promise<unknown>>();
  const refused = () => session.opened === 0 && session.asked - under.size >= abreast;
  for (let next = from; next < to && !stop.aborted && !refused(); ) {
    const due = Math.min(to, from + Math.ceil((nowNs() - startNs) * perNs));
    while (next < due && under.size < abreast) {
      const dial = session.dial(part + parts * next++);
      under.add(dial);
      void dial.then(() => under.delete(dial));
    }
    await wait(1, stop);
  }
  await Promise.all(under);
}
