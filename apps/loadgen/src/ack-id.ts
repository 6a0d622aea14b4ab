import type { MessageFrames } from './dialect.ts';
import { writeSequence } from './message-header.ts';

/**
 * The ack id of a connection's first message; each next one is greater by one, as Socket.IO's clients count. It has as
 * many digits as all ids of a connection, up to 2^32 - 1, so that each can be patched into the frame in place.
 */
export const FIRST_ACK_ID = 1_000_000_000;

/** Digits of an ack id in text. */
export const ACK_DIGITS = 10;

/** Where a message's ack id stands in its frames, and how it is written. */
export interface AckField {
  readonly at: number;
  /** The four mask bytes that apply from `at` on. */
  readonly mask: Uint8Array;
  readonly write: typeof writeDigits;
}

/** Writes `id` at `at` in ten decimal digits, masked with the four bytes of `mask` that apply from `at` on. */
export function writeDigits(bytes: Uint8Array, at: number, mask: Uint8Array, id: number): void {
  let rest = id;
  for (let i = ACK_DIGITS - 1; i >= 0; i--) {
    const tenth = (rest / 10) >>> 0;
    bytes[at + i] = (0x30 + rest - tenth * 10) ^ mask[i & 3]!;
    rest = tenth;
  }
}

/** Writes `id` at `at` as the four bytes of msgpack's uint 32, masked as `writeDigits` does it. */
export function writeUint32(bytes: Uint8Array, at: number, mask: Uint8Array, id: number): void {
  bytes[at] = (id >>> 24) ^ mask[0]!;
  bytes[at + 1] = (id >>> 16) ^ mask[1]!;
  bytes[at + 2] = (id >>> 8) ^ mask[2]!;
  bytes[at + 3] = id ^ mask[3]!;
}

/** Writes `sequence` into the copy of `frames` that begins at `at` of `bytes`: into its header, and its ack id. */
export function stamp(bytes: Uint8Array, at: number, frames: MessageFrames, sequence: number): void {
  const { headerAt, ack } = frames;
  if (headerAt >= 0) writeSequence(bytes, at + headerAt, frames.headerMask, sequence);
  if (ack) ack.write(bytes, at + ack.at, ack.mask, FIRST_ACK_ID + sequence);
}
