import type { LoadSpec } from '@ws-arena/load/load-spec';
import { loadFor } from '../loads/load-for.ts';
import { SlowMembers } from '../loads/slow-members.ts';
import { takeTurn } from '../loads/turn.ts';
import { nowNs, waitUntil } from '../schedule/clock.ts';
import { Session } from '../transport/session.ts';
import type { Control } from './control.ts';
import { type ProcessResult, processResult } from './process-result.ts';

/** Handshakes under way at a time, over all processes: below the accept queue that a kernel gives by default. */
const HOLD_DIALS_ABREAST = 512;
const TALLY_MS = 1000;

/**
 * What one process does of a job: connect → warm up → measure → drain → result.
 * @param spec the whole job; `control` says which worker this is.
 * @throws Error in one sentence for a job that cannot be done at all.
 */
export async function runProcess(spec: LoadSpec, control: Control): Promise<ProcessResult> {
  const session = await Session.of(spec);
  const { load: kind } = spec;
  const slow = kind.kind === 'broadcast' && kind.slow && (await SlowMembers.join(spec, kind.slow, control));
  const tallies = control.tally && setInterval(() => control.tally?.(tallyOf(session)), TALLY_MS);
  try {
    const over = new AbortController();
    const { worker, workers } = control;
    const role = { worker, workers, stop: AbortSignal.any([control.stop, over.signal]) };
    const load = await loadFor(session, spec.load, role);
    await connect(session, control);
    // The process that sends to a room may have the schedule before this one.
    if (kind.kind === 'broadcast') session.driver = load;
    const schedule = await control.connected(session.open.size);
    const turn = { schedule, drainMs: spec.drainMs, stop: control.stop };
    const window = await takeTurn(session, load, turn, {
      measuring() {
        if (slow) slow.begin();
        if (kind.kind === 'open' && kind.untilGo)
          void control.over().then(async () => {
            await load.settled?.();
            over.abort();
          });
        control.measuring();
      },
      measured: () => control.measured(),
    });
    const found = slow && (await slow.end(spec.drainMs));
    return processResult(session, window, { ...load.figures(), ...(found && { slow: found }) });
  } finally {
    clearInterval(tallies);
    session.close();
  }
}

function tallyOf({ open, traffic }: Session) {
  return { connections: open.size, sent: traffic.sent, received: traffic.messages };
}

/** Opens this process's connections. Those of `hold` come in steps; each step is held until the caller says go. */
async function connect(session: Session, control: Control): Promise<void> {
  const { load, connections } = session.spec;
  if (load.kind === 'connect' || load.kind === 'limit') return;
  if (load.kind !== 'hold') return session.dialAll(control, 0, connections);
  let from = 0;
  for (const to of load.steps) {
    await session.dialAll(control, from, to, HOLD_DIALS_ABREAST, load.rampPerSec);
    from = Math.max(from, to);
    if (session.opened > 0) await waitUntil(nowNs() + load.settleMs * 1e6, control.stop);
    await control.held(session.open.size);
  }
}
