import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';
import type { ServerWebSocket } from 'bun';

/** What this server knows of a connection: Bun keeps it as the `data` of its WebSocket. */
export class Connection implements Peer {
  readonly workload: Workload;
  /** When its token expires, in seconds since 1970; undefined where none is asked for. */
  readonly untilSec: number | undefined;
  /** Both are there from `open` on. */
  ws!: ServerWebSocket<Connection>;
  beat!: Beat<Connection>;
  /** Bun says `drain` each time the kernel has taken part of the backlog. */
  drains = 0;
  /** The close code that goes out when the backlog is gone; 0 while the connection goes on. */
  endCode = 0;

  constructor(workload: Workload, untilSec: number | undefined) {
    this.workload = workload;
    this.untilSec = untilSec;
  }

  get isPaused(): boolean {
    return this.ws.isPaused;
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
    this.ws.terminate();
  }

  /**
   * Accepts nothing more, and closes once the backlog has been sent. Bun's own `close` sets no deadline for the backlog; here
   * the write deadline counts, as at any other time.
   */
  end(code: number): void {
    if (this.endCode !== 0) return;
    this.endCode = code;
    if (this.workload.kind !== 'echo') this.ws.unsubscribe(this.workload.topic);
    this.#whenDrained();
  }

  /** The kernel has taken part of the backlog, or all of it. */
  drained(): void {
    this.drains += 1;
    this.#whenDrained();
  }

  #whenDrained(): void {
    if (this.ws.getBufferedAmount() > 0) return;
    if (this.endCode !== 0) this.ws.close(this.endCode);
    else if (this.ws.isPaused) this.ws.resume();
  }
}
