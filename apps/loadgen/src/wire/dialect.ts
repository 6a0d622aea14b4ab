import type { MessageFrames } from './frames.ts';
import type { Message } from './message.ts';

/** `DialectCodec.payloadStart` of a message that is none of the load's, such as a Socket.IO packet `40`. */
export const OTHER = -1;
/** `DialectCodec.payloadStart` of a message that must be answered with `DialectCodec.pong`. */
export const PING = -2;
/** `DialectCodec.payloadStart` of a message by which the server ends the session, such as `41` of Socket.IO. */
export const DISCONNECT = -3;

/** How the frames of a message are made. */
export interface Framing {
  readonly mask: Uint8Array;
  /** permessage-deflate: the compressed payload (sent with RSV1), and where its header can be patched, or -1. */
  readonly compress?: (payload: Buffer, headerAt: number) => { bytes: Buffer; headerAt: number };
}

/** What is to be done next while a session opens. */
export interface OpeningStep {
  /** Frames to send. */
  readonly send?: Buffer;
  /** The session is open: load may begin. */
  readonly done?: boolean;
  /** It cannot be opened; the word for the results, such as `socket.io refused`. */
  readonly failed?: string;
}

/** What follows the upgrade until the session is open: one object for each connection. */
export interface Opening {
  /** The upgrade is done. */
  upgraded(): OpeningStep;
  /** A message came before the session was open. */
  message(binary: boolean, data: Buffer, start: number, end: number): OpeningStep;
}

/** What a dialect remembers of a connection from one message to the next. */
export interface AckedPeer {
  /** The id of the newest acknowledgement; -1 when it had none. */
  ackedId: number;
}

/** What tells plain WebSocket from Socket.IO: one object a job, stateless but for `opening`. */
export interface DialectCodec {
  /** The request target of the upgrade, made from the URL's path and query. */
  path(url: URL): string;
  opening(): Opening;
  frames(message: Message, framing: Framing): MessageFrames;
  /**
   * Where the payload begins in a message that `peer` received (inflated, when it was compressed), or OTHER, PING or
   * DISCONNECT. Where replies are acknowledgements, it sets `peer.ackedId`.
   */
  payloadStart(binary: boolean, data: Buffer, start: number, end: number, peer: AckedPeer): number;
  /** Bytes that follow the payload in a received message. */
  readonly trailerBytes: number;
  /** The frames that answer a PING. */
  readonly pong: Buffer;
}
