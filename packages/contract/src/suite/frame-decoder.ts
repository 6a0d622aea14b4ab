/** A frame as a server sent it. */
export interface Frame {
  /** `performance.now()` of the read that completed it. */
  readonly atMs: number;
  readonly fin: boolean;
  /** The reserved bits: 4, 2 and 1 for RSV1, RSV2 and RSV3. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/**
 * Reads server frames from a byte stream. The suite has its own decoder, apart from the load generator's, so that an
 * error of one is seen by the other.
 */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes and returns the frames that they complete. */
  push(chunk: Buffer, atMs: number): Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const head = readHead(bytes, at);
      if (!head || bytes.length < head.end) break;
      frames.push({
        atMs,
        fin: (bytes[at]! & 0x80) !== 0,
        rsv: (bytes[at]! >> 4) & 7,
        opcode: bytes[at]! & 15,
        masked: head.masked,
        payload: bytes.subarray(head.start, head.end),
      });
      at = head.end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

function readHead(bytes: Buffer, at: number): { masked: boolean; start: number; end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const masked = (bytes[at + 1]! & 0x80) !== 0;
  const short = bytes[at + 1]! & 0x7f;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < at + 2 + wide) return undefined;
  const length =
    wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  const start = at + 2 + wide + (masked ? 4 : 0);
  return { masked, start, end: start + length };
}
