import type { Load } from '@ws-arena/load/load-spec';
import type { WorkerRole } from '../schedule/schedule.ts';
import { Ticker } from '../schedule/ticker.ts';
import type { Session } from '../transport/session.ts';
import { Broadcast } from './broadcast.ts';
import { ClosedLoop } from './closed-loop.ts';
import { Handshakes } from './handshakes.ts';
import { Limit } from './limit.ts';
import { OpenLoop } from './open-loop.ts';
import { Receive } from './receive.ts';
import type { RunningLoad } from './running-load.ts';

/**
 * The load of that kind, ready to start.
 * @throws Error in one sentence when the session's messages cannot be used for it.
 */
export async function loadFor(session: Session, load: Load, role: WorkerRole): Promise<RunningLoad> {
  const ticker = 'ratePerSec' in load && load.ratePerSec > 0 ? await Ticker.ready() : undefined;
  switch (load.kind) {
    case 'closed':
      return new ClosedLoop(session, load, role);
    case 'open':
      return new OpenLoop(session, load, role, ticker ?? (await Ticker.ready()));
    case 'broadcast':
      return new Broadcast(session, load, role, ticker);
    case 'connect':
      return new Handshakes(session, load, role, ticker);
    case 'limit':
      return new Limit(session, load, role.stop);
    case 'hold':
    case 'receive':
      return new Receive(session, role.stop);
  }
}
