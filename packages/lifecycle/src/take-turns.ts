import type { Socket } from 'node:net';

/** What Node.js reads at once, at most. */
const FULL_READ_BYTES = 65_536;

type Reading = Socket & {
  _handle?: { readonly reading: boolean; readStart(): number; readStop(): number } | null;
};

/**
 * Lets `socket` have one full read in a turn of the event loop. libuv goes on reading from one socket, up to 32 times
 * 64 KiB, before it looks at the next: 500 clients that send as much as they can hold the loop for ten seconds, and with
 * it every timer, deadline and signal. A socket that sends less than that is not touched.
 */
export function takeTurns(socket: Socket): void {
  socket.on('data', endTurn);
}

function endTurn(this: Socket, chunk: Buffer): void {
  if (chunk.length < FULL_READ_BYTES) return;
  (this as Reading)._handle?.readStop();
  setImmediate(nextTurn, this);
}

function nextTurn(socket: Reading): void {
  // Meanwhile the stream itself may have stopped reading, and says so here.
  if (socket._handle?.reading) socket._handle.readStart();
}
