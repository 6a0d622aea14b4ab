import type { WebSocket } from 'uWebSockets.js';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';

/**
 * What is kept on the WebSocket object itself, which is what `getUserData` returns; so the message path reads it there
 * and saves a call into C++. `open` puts it there: given to `res.upgrade`, uWS would copy it by name, which costs as much
 * as all the rest that a handshake costs in JavaScript.
 */
export interface UserData {
  connection: Connection;
  /** The room's topic; empty for echo and push. */
  room: string;
}

/** What this server knows of a connection. Its `ws` must not be touched after close. */
export class Connection implements Peer {
  readonly ws: WebSocket<UserData>;
  readonly workload: Workload;
  readonly isPaused = false;
  beat!: Beat<Connection>;
  /** uWS says `drain` each time the kernel has taken part of the backlog. */
  drains = 0;
  overflowed = false;

  constructor(ws: WebSocket<UserData>, workload: Workload) {
    this.ws = ws;
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
