import type { WebSocket } from 'uWebSockets.js';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';

/** A uWebSockets.js connection's user data: what this server knows of it. Its `ws` must not be touched after close. */
export class Connection implements Peer {
  readonly workload: Workload;
  readonly isPaused = false;
  ws!: WebSocket<Connection>;
  beat!: Beat;
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
