import type { Socket } from 'node:net';

/**
 * A number that changes whenever the kernel takes bytes of what `socket` has been given. `writableLength` is no such
 * meter: Node hands its whole backlog to libuv as one write and counts it down when all of it is done. libuv's own
 * queue shrinks meanwhile; `net.Socket` looks at the same number in its own timeout.
 */
export function tcpProgress(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize: number } | null };
  return socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0);
}
