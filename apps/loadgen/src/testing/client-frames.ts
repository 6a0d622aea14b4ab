import { applyMask } from '@ws-arena/wire/frame-encoder';
import { opcode } from '@ws-arena/wire/opcode';

/** The server's side of RFC 6455 section 5.2, as far as the stub needs it: masked frames, fragments joined. */
export class ClientFrames {
  readonly #onFrame: (code: number, payload: Buffer) => void;
  #held: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #firstCode = 0;

  constructor(onFrame: (code: number, payload: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes bytes as they come, and hands out whole messages and control frames, unmasked. */
  push(chunk: Buffer): void {
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    let at = 0;
    for (let size = frameBytes(data, at); size > 0; size = frameBytes(data, at)) {
      this.#frame(data, at, at + size);
      at += size;
    }
    this.#held = data.subarray(at);
  }

  #frame(data: Buffer, at: number, end: number): void {
    const first = data[at]!;
    const maskAt = at + headBytes(data[at + 1]!) - 4;
    const payload = Buffer.from(data.subarray(maskAt + 4, end));
    applyMask(payload, 0, payload.length, data.subarray(maskAt, maskAt + 4), 0);
    const code = first & 0x0f;
    if (code >= opcode.close) {
      this.#onFrame(code, payload);
      return;
    }
    if (code !== opcode.continuation) {
      this.#firstCode = code;
      this.#fragments = [];
    }
    this.#fragments.push(payload);
    if (first >= 0x80)
      this.#onFrame(this.#firstCode, this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments));
  }
}

function headBytes(second: number): number {
  const short = second & 0x7f;
  return short < 126 ? 6 : short === 126 ? 8 : 14;
}

/** Bytes of the frame at `at`, or 0 when it has not come whole. */
function frameBytes(data: Buffer, at: number): number {
  const left = data.length - at;
  if (left < 2) return 0;
  const head = headBytes(data[at + 1]!);
  if (left < head) return 0;
  const short = data[at + 1]! & 0x7f;
  const payload =
    short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
  return left < head + payload ? 0 : head + payload;
}
