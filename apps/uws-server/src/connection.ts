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
  /** The close code that goes out when the backlog is gone; 0 while the connection goes on. */
  endCode = 0;

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

  /**
   * Accepts nothing more, and closes behind what waits. uWS' own `end` gives that four seconds, and then drops it; here it
   * has the write deadline, as at any other time.
   */
  end(code: number): void {
    if (this.endCode !== 0) return;
    this.endCode = code;
    if (this.workload.kind !== 'echo') this.ws.unsubscribe(this.workload.topic);
    if (this.ws.getBufferedAmount() === 0) this.ws.end(code);
  }

  /** The kernel has taken part of the backlog, or all of it. */
  drained(): void {
    this.drains += 1;
    if (this.endCode !== 0 && this.ws.getBufferedAmount() === 0) this.ws.end(this.endCode);
  }
}
