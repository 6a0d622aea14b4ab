import type { WebSocket } from 'uWebSockets.js';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';

/**
 * What `upgrade` gives a connection. uWS copies these properties onto the WebSocket object itself, and `getUserData`
 * returns that; so the message path reads them there and saves a call into C++.
 */
export interface UserData {
  readonly connection: Connection;
  /** The room's topic; empty for echo and push. */
  readonly room: string;
}

/** What this server knows of a connection. Its `ws` must not be touched after close. */
export class Connection implements Peer {
  readonly workload: Workload;
  readonly isPaused = false;
  ws!: WebSocket<UserData>;
  beat!: Beat<Connection>;
  /** uWS says `drain` each time the kernel has taken part of the backlog. */
  drains = 0;
  overflowed = false;

  constructor(workload: Workload) {
    this.workload = workload;
  }

  ping(): void {
    this.ws.ping();
  }

  waitingBytes(): number {
    return this.ws.getBufferedAmount();
  }

  progress(): number {
    return this.drains;
  }

  terminate(): void {
    this.ws.close();
  }
}
