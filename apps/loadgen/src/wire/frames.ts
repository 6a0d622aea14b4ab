import { writeSequence } from './message-header.ts';

/**
 * The ack id of a connection's first message; each next one is greater by one, as Socket.IO's clients count. It has as
 * many digits as all ids of a connection, up to 2^32 - 1, so that each can be patched into the frame in place.
 */
export const FIRST_ACK_ID = 1_000_000_000;

/** Where a message's ack id stands in its frames, and how it is written. */
export interface AckField {
  readonly at: number;
  /** The four mask bytes that apply from `at` on. */
  readonly mask: Uint8Array;
  write(bytes: Uint8Array, at: number, mask: Uint8Array, id: number): void;
}

/** A message as the bytes that go on the wire, built once; each send patches its header in place. */
export interface MessageFrames {
  /** Its frame, or frames, masked. */
  readonly bytes: Buffer;
  /** Where the message's header stands in `bytes`; -1 when it has none, or cannot be patched. */
  readonly headerAt: number;
  /** The four mask bytes that apply from `headerAt` on. */
  readonly headerMask: Uint8Array;
  /** The id that asks for an acknowledgement, where messages are sent with one. */
  readonly ack?: AckField;
}

/** Writes `sequence` into the copy of `frames` that begins at `at` of `bytes`: into its header, and its ack id. */
export function stamp(bytes: Uint8Array, at: number, frames: MessageFrames, sequence: number): void {
  const { headerAt, ack } = frames;
  if (headerAt >= 0) writeSequence(bytes, at + headerAt, frames.headerMask, sequence);
  if (ack) ack.write(bytes, at + ack.at, ack.mask, FIRST_ACK_ID + sequence);
}

/** `times` copies of `bytes`, one behind the other. */
export function repeated(bytes: Buffer, times: number): Buffer {
  const all = Buffer.allocUnsafeSlow(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}
