import type { Load } from '@ws-arena/load/load-spec';
import type { Share } from '../control.ts';
import type { Session } from '../session.ts';
import { Ticker } from '../ticker.ts';
import { Broadcast } from './broadcast-load.ts';
import { ClosedLoop } from './closed-load.ts';
import { Handshakes } from './connect-load.ts';
import { Hold } from './hold-load.ts';
import { Limit } from './limit-load.ts';
import { OpenLoop } from './open-load.ts';
import { Receive } from './receive-load.ts';
import type { RunningLoad } from './running-load.ts';

/**
 * The load of that kind, ready to start.
 * @throws Error in one sentence when the session's messages cannot be used for it.
 */
export async function loadFor(session: Session, load: Load, share: Share): Promise<RunningLoad> {
  switch (load.kind) {
    case 'closed':
      return new ClosedLoop(session, load, share);
    case 'open':
      return new OpenLoop(session, load, share, await Ticker.ready());
    case 'broadcast':
      return new Broadcast(session, load, share, load.ratePerSec > 0 ? await Ticker.ready() : undefined);
    case 'connect':
      return new Handshakes(session, load, share, load.ratePerSec > 0 ? await Ticker.ready() : undefined);
    case 'hold':
      return new Hold(session, share.stop);
    case 'limit':
      return new Limit(session, load, share.stop);
    case 'receive':
      return new Receive(share.stop);
  }
}
