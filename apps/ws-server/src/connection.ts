import type { Socket } from 'node:net';
import type { Workload } from '@ws-arena/lifecycle/admission';
import type { Beat, Peer } from '@ws-arena/lifecycle/heartbeat';
import { WebSocket } from 'ws';

/** A `ws` connection with what this server knows of it; ws makes it by its `WebSocket` option. */
export class Connection extends WebSocket implements Peer {
  declare socket: Socket;
  declare workload: Workload;
  declare beat: Beat;

  waitingBytes(): number {
    return this.socket.writableLength;
  }

  /**
   * `bufferedAmount` is no meter of progress: Node hands its whole backlog to libuv as one write and counts it down
   * when all of it is done. libuv's own queue shrinks as the kernel takes bytes; `net.Socket` looks at the same
   * number in its own timeout.
   */
  progress(): number {
    const { _handle: handle } = this.socket as Socket & { _handle?: { writeQueueSize: number } | null };
    return this.socket.bytesWritten - this.socket.writableLength - (handle?.writeQueueSize ?? 0);
  }
}
