/** Opcodes of RFC 6455 section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The reserved bits as they stand in `Frame.rsv` and `ClientFrame.rsv`. */
export const rsv = { one: 4, two: 2, three: 1 } as const;

/** A frame to send, right or wrong: every bit can be set. */
export interface ClientFrame {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** The reserved bits, see `rsv`. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Bits of the length field: the shortest form, or one that is longer than it need be. */
  readonly lengthBits?: 7 | 16 | 64;
  /** A length to state in place of the payload's own. */
  readonly statedLength?: number;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** The bytes of one client frame (RFC 6455 section 5.2), masked with a fixed key unless told otherwise. */
export function clientFrame(frame: ClientFrame): Buffer {
  const payload = Buffer.from(frame.payload ?? '');
  const masked = frame.masked ?? true;
  const length = frame.statedLength ?? payload.length;
  const bits = frame.lengthBits ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = (frame.fin === false ? 0 : 0x80) | ((frame.rsv ?? 0) << 4) | frame.opcode;
  head[1] = (masked ? 0x80 : 0) | (bits === 7 ? length : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(length, 2);
  if (bits === 64) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const body = Buffer.allocUnsafe(payload.length);
  for (let i = 0; i < body.length; i += 1) body[i] = payload[i]! ^ MASK[i & 3]!;
  return Buffer.concat([head, MASK, body]);
}

/** The payload of a close frame: the code and the reason (RFC 6455 section 5.5.1). */
export function closePayload(code: number, reason: string | Uint8Array = ''): Buffer {
  const text = Buffer.from(reason);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  payload.set(text, 2);
  return payload;
}
