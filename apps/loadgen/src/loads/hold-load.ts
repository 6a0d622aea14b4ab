import type { HoldLoad } from '@ws-arena/load/load-spec';
import { nowNs } from '../clock.ts';
import type { Control } from '../control.ts';
import type { Session } from '../session.ts';
import { shareOf } from '../share-of.ts';
import { wait, waitUntil } from '../wait.ts';
import type { LoadFigures, RunningLoad } from './running-load.ts';

/** Handshakes under way at a time, over all processes: below the accept queue that a kernel gives by default. */
const DIALS_ABREAST = 512;

/**
 * Idle connections in growing numbers. Pings are answered all the while; ends that the server brings about are counted
 * by the session. Where none of the first ones could be opened, nothing more is tried and nothing waited for.
 */
export class Hold implements RunningLoad {
  readonly settled = true;
  readonly #session: Session;
  readonly #stop: AbortSignal;

  constructor(session: Session, stop: AbortSignal) {
    this.#session = session;
    this.#stop = stop;
  }

  start(): void {}
  warm(): void {}
  end(): void {}
  message(): void {}
  batch(): void {}

  async until(timeNs: number): Promise<void> {
    if (this.#session.opened > 0) await waitUntil(timeNs, this.#stop);
  }

  figures(): LoadFigures {
    return { sent: 0, delivered: 0, lost: 0, firstNs: 0, lastNs: 0 };
  }
}

/** Fills one step after the other; each is held until whoever asked for the job says go. */
export async function fillSteps(session: Session, load: HoldLoad, control: Control): Promise<void> {
  let dialled = 0;
  for (const connections of load.steps) {
    const { count } = shareOf(connections, control);
    await fill(session, load, control, dialled, count);
    dialled = Math.max(dialled, count);
    if (session.opened > 0) await wait(load.settleMs, control.stop);
    await control.held(session.open.size);
  }
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
