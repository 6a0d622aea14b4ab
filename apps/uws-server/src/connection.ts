import type { WebSocket } from 'uWebSockets.js';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';

/** What uWS keeps with a WebSocket, from `upgrade` on. */
export interface UserData {
  readonly workload: Workload;
  /** When its token expires, in seconds since 1970; undefined where none is asked for. */
  readonly untilSec: number | undefined;
  /** Made by `open`, which is the first to have the WebSocket. */
  connection: Connection;
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
