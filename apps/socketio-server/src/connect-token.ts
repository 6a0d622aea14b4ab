import type { TokenGate } from '@ws-arena/lifecycle/token-gate';
import type { ExtendedError, Socket } from 'socket.io';
import type { EnginePeer } from './engine-peer.ts';

/**
 * A middleware for clients that bring their token in the packet CONNECT (`auth: { token }`), because their upgrade carried
 * none: whoever brings no good one is told why, and is no member of the namespace.
 * @param peerOf the peer below a socket.
 * @param isAdmitted whether the upgrade of a socket's connection has brought a good token already.
 */
export function connectToken(
  gate: TokenGate<EnginePeer>,
  peerOf: (socket: Socket) => EnginePeer,
  isAdmitted: (socket: Socket) => boolean,
): (socket: Socket, next: (error?: ExtendedError) => void) => void {
  const check = async (socket: Socket, next: (error?: ExtendedError) => void) => {
    const verdict = await gate.verdictOn((socket.handshake.auth as { token?: unknown }).token);
    if (verdict.status !== 200) return next(new Error(`${verdict.status}: ${verdict.reason}`));
    gate.admit(peerOf(socket), verdict.expiresAtSec);
    next();
  };
  return (socket, next) => (isAdmitted(socket) ? next() : void check(socket, next));
}
