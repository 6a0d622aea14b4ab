import type { MessageFrames } from './frames.ts';
import type { Message } from './message.ts';

/** How the frames of a message are made. */
export interface Framing {
  readonly mask: Uint8Array;
  /** permessage-deflate: the compressed payload (sent with RSV1), and where its header can be patched, or -1. */
  readonly compress?: (payload: Buffer, headerAt: number) => { bytes: Buffer; headerAt: number };
}

/** One connection, as its dialect sees it. */
export interface DialectPeer {
  /** Ordinal of the connection in the job, from 0. */
  readonly index: number;
  /** The id of the newest acknowledgement; -1 when it had none. */
  ackedId: number;
  /** Writes frames; they are sent in order, whatever it returns. */
  write(frames: Uint8Array): boolean;
  /** The session is open: load may begin. */
  ready(): void;
  /**
   * A reply of the load came; what it brings is `data[payloadAt, end)`. `payloadAt` is -1 when that cannot be read: then
   * the replies of a connection are taken to be in order.
   */
  reply(data: Buffer, payloadAt: number, end: number): void;
  /** Ends the connection: a failed handshake for `reason`, such as `socket.io refused`, or an end that nobody asked for. */
  fail(reason: string): void;
}

/** What follows the upgrade until the session is open: one object for each connection. */
export interface Opening {
  /** A message came before the session was open. */
  message(binary: boolean, data: Buffer, start: number, end: number): void;
}

/** What tells plain WebSocket from Socket.IO, and both from a scenario file: one object a job. */
export interface DialectCodec {
  /** The request target of the upgrade, made from the URL's path and query. */
  path(url: URL): string;
  /** The upgrade of `peer` is done: opens its session, at once or message by message. */
  opening(peer: DialectPeer): Opening;
  /** What shares one message: all connections of the job, each send of one connection, or nothing. */
  readonly made: 'job' | 'connection' | 'send';
  /** The frames of a message; `peer` sends it, where it is not made for the whole job. */
  frames(message: Message, framing: Framing, peer?: DialectPeer): MessageFrames;
  /**
   * A message (inflated, when it was compressed) came on the open session of `peer`. Called for each. Absent where every
   * message is a reply, and nothing but that.
   */
  receive?(peer: DialectPeer, binary: boolean, data: Buffer, start: number, end: number): void;
  /** What a reply brings, where that is not the message itself. */
  readonly replied?: Message | undefined;
  /** Whether replies come with an ack id, `DialectPeer.ackedId`. */
  readonly acks: boolean;
  /** Sessions that the server has restored; absent where clients do not ask for it. */
  readonly recovered?: number | undefined;
  /** The generator is about to close the connection. */
  leave?(peer: DialectPeer): void;
}
