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

  waitingBytes(): number {
    return this.socket.writableLength;
  }

  progress(): number {
    return tcpProgress(this.socket);
  }
}
