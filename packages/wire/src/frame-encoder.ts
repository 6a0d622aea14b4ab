import { randomBytes } from 'node:crypto';

/** What a client frame is made of, besides its payload. */
export interface FrameOptions {
  readonly opcode: number;
  readonly mask: Uint8Array;
  /** False for all but the last fragment of a message. Default true. */
  readonly fin?: boolean;
  /** The message is compressed (RFC 7692). Default false. */
  readonly rsv1?: boolean;
}

/** Bytes before the payload of a masked frame: 6, 8 or 14. */
export function maskedHeaderBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 6 : payloadBytes < 0x10000 ? 8 : 14;
}

/**
 * Four random bytes, none of them zero. RFC 6455 section 5.3 wants a fresh, unpredictable mask for each frame, so
 * that a script in a browser cannot choose the bytes on the wire and poison a proxy's cache. A load generator sends
 * only its own bytes, so one random mask may serve for all frames of a job. It is never all zeros: `ws` skips the
 * unmasking for a zero mask, and would look cheaper than it is.
 */
export function randomMask(): Uint8Array {
  return randomBytes(4).map((byte) => byte || 0x5a);
}

/** XORs `bytes[start, end)` with `mask` in place; `phase` is the offset of `start` in the frame's payload. */
export function applyMask(
  bytes: Uint8Array,
  start: number,
  end: number,
  mask: Uint8Array,
  phase: number,
): void {
  for (let i = start; i < end; i++) bytes[i]! ^= mask[(phase + i - start) & 3]!;
}

/** A whole masked client frame. The payload begins at `maskedHeaderBytes(payload.length)` and is masked from phase 0. */
export function maskedFrame(payload: Uint8Array, options: FrameOptions): Buffer {
  const header = maskedHeaderBytes(payload.length);
  const frame = Buffer.allocUnsafeSlow(header + payload.length);
  frame[0] = (options.fin === false ? 0 : 0x80) | (options.rsv1 ? 0x40 : 0) | options.opcode;
  if (header === 6) {
    frame[1] = 0x80 | payload.length;
  } else if (header === 8) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeUInt32BE(Math.floor(payload.length / 0x1_0000_0000), 2);
    frame.writeUInt32BE(payload.length >>> 0, 6);
  }
  frame.set(options.mask, header - 4);
  frame.set(payload, header);
  applyMask(frame, header, frame.length, options.mask, 0);
  return frame;
}

/** The payload of a close frame: the code in two bytes and a reason of at most 123 bytes. */
export function closePayload(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}
