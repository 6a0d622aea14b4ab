import type { Socket } from 'node:net';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';
import { tcpProgress } from '@ws-arena/lifecycle/tcp-progress';
import { WebSocket } from 'ws';

/** A `ws` connection with what this server knows of it; ws makes it by its `WebSocket` option. */
export class Connection extends WebSocket implements Peer {
  declare socket: Socket;
  declare workload: Workload;
  declare beat: Beat<Connection>;

  /** The code of the close frame that was sent first: what the peer sees, where the event `close` has what it said. */
  sentCode: number | undefined = undefined;

  override close(code?: number, data?: string | Buffer): void {
    if (this.readyState === this.OPEN) this.sentCode = code;
    super.close(code, data);
  }

  waitingBytes(): number {
    return this.socket.writableLength;
  }

  progress(): number {
    return tcpProgress(this.socket);
  }
}
