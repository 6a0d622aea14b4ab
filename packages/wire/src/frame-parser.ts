import { opcode } from './opcode.ts';

/** What a parser found. `data` is the parser's or the caller's buffer: its bytes are valid until the call returns. */
export interface FrameHandler {
  /** A whole message, fragments joined; `compressed` is RSV1 of its first frame. */
  message(binary: boolean, compressed: boolean, data: Buffer, start: number, end: number): void;
  /** A close, ping or pong frame. */
  control(code: number, data: Buffer, start: number, end: number): void;
  /** The peer broke RFC 6455; `code` is the close code for it. Nothing more is parsed. */
  violation(code: number, reason: string): void;
}

/** Limits of a parser. */
export interface FrameParserOptions {
  /** Allow RSV1: permessage-deflate was agreed on. */
  readonly deflate?: boolean;
  /** Longer messages are a violation with code 1009. */
  readonly maxMessageBytes: number;
}

const KEPT_BYTES = 1 << 20;

/**
 * The client's side of RFC 6455 section 5.2: takes bytes as they come, hands out whole messages and control frames.
 * Frames that lie within one chunk are handed out in place and cost no allocation; one that is split over chunks is
 * gathered in a buffer that is kept for the next.
 */
export class FrameParser {
  readonly #handler: FrameHandler;
  readonly #deflate: boolean;
  readonly #maxMessageBytes: number;
  /** The frame that is not complete yet, header included. */
  #held: Buffer | undefined;
  #heldBytes = 0;
  /** The message whose last fragment has not come yet. */
  #message: Buffer | undefined;
  #messageBytes = 0;
  #messageFirst = 0;
  #broken = false;

  constructor(handler: FrameHandler, options: FrameParserOptions) {
    this.#handler = handler;
    this.#deflate = options.deflate ?? false;
    this.#maxMessageBytes = options.maxMessageBytes;
  }

  /** Parses `data[start, end)`, and calls the handler for everything that is complete with it. */
  push(data: Buffer, start: number, end: number): void {
    if (this.#broken) return;
    let at = this.#heldBytes > 0 ? this.#resume(data, start, end) : start;
    while (at < end && !this.#broken) {
      const size = this.#frameBytes(data, at, end);
      if (size < 0 || size > end - at) {
        if (!this.#broken) this.#hold(data, at, end, size);
        return;
      }
      this.#frame(data, at, at + size);
      at += size;
    }
  }

  /** Bytes of the frame at `at`; below 0 that many bytes, negated, are needed to tell. */
  #frameBytes(data: Buffer, at: number, end: number): number {
    if (end - at < 2) return -2;
    const short = data[at + 1]!;
    if (short < 126) return 2 + short;
    if (short === 126) return end - at < 4 ? -4 : this.#within(4, (data[at + 2]! << 8) | data[at + 3]!);
    if (short > 127) return this.#violate(1002, 'a masked frame from the server');
    if (end - at < 10) return -10;
    return this.#within(10, data.readUInt32BE(at + 2) * 0x1_0000_0000 + data.readUInt32BE(at + 6));
  }

  /** Bytes of a frame, of which the announced payload may not be too large: it is refused before any of it is kept. */
  #within(head: number, bytes: number): number {
    if (bytes <= this.#maxMessageBytes) return head + bytes;
    return this.#violate(1009, `a frame of ${bytes} bytes; read are at most ${this.#maxMessageBytes}`);
  }

  #frame(data: Buffer, at: number, end: number): void {
    const first = data[at]!;
    const short = data[at + 1]!;
    const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
    const code = first & 0x0f;
    if ((first & 0x30) !== 0 || ((first & 0x40) !== 0 && !(this.#deflate && (code === 1 || code === 2)))) {
      this.#violate(1002, `reserved bits in a frame of opcode ${code}`);
    } else if (code >= opcode.close) {
      if (code > opcode.pong || first < 0x80 || short > 125) {
        this.#violate(1002, `a control frame of opcode ${code}, ${end - start} bytes, fin ${first >> 7}`);
      } else this.#handler.control(code, data, start, end);
    } else if (code > opcode.binary) {
      this.#violate(1002, `the reserved opcode ${code}`);
    } else if (first >= 0x80 && code !== 0 && this.#messageFirst === 0) {
      this.#handler.message(code === opcode.binary, (first & 0x40) !== 0, data, start, end);
    } else this.#fragment(first, data, start, end);
  }

  #fragment(first: number, data: Buffer, start: number, end: number): void {
    const code = first & 0x0f;
    if ((code === 0) !== (this.#messageFirst !== 0)) {
      this.#violate(1002, code === 0 ? 'a continuation of nothing' : 'a new message within a fragmented one');
      return;
    }
    if (code !== 0) {
      this.#messageFirst = first | 0x80;
      this.#messageBytes = 0;
    }
    const total = this.#messageBytes + end - start;
    if (total > this.#maxMessageBytes) {
      this.#violate(1009, `a message of ${total} bytes; read are at most ${this.#maxMessageBytes}`);
      return;
    }
    this.#message = withRoom(this.#message, this.#messageBytes, total);
    data.copy(this.#message, this.#messageBytes, start, end);
    this.#messageBytes = total;
    if (first < 0x80) return;
    const opened = this.#messageFirst;
    this.#messageFirst = 0;
    this.#handler.message((opened & 0x0f) === opcode.binary, (opened & 0x40) !== 0, this.#message, 0, total);
    if (this.#message.length > KEPT_BYTES) this.#message = undefined;
  }

  /** Keeps an unfinished frame; `size` as `#frameBytes` gave it. */
  #hold(data: Buffer, at: number, end: number, size: number): void {
    this.#held = withRoom(this.#held, 0, Math.abs(size));
    data.copy(this.#held, 0, at, end);
    this.#heldBytes = end - at;
  }

  /** Completes the kept frame from `data`; returns where the next frame begins, or `end` when it is still short. */
  #resume(data: Buffer, start: number, end: number): number {
    let at = start;
    for (;;) {
      const size = this.#frameBytes(this.#held!, 0, this.#heldBytes);
      if (this.#broken) return end;
      if (size === this.#heldBytes) break;
      const wanted = Math.abs(size);
      const taken = Math.min(end - at, wanted - this.#heldBytes);
      if (taken === 0) return end;
      // Room for what has come, not for what was announced.
      this.#held = withRoom(this.#held, this.#heldBytes, this.#heldBytes + taken);
      data.copy(this.#held, this.#heldBytes, at, at + taken);
      this.#heldBytes += taken;
      at += taken;
    }
    const bytes = this.#heldBytes;
    this.#heldBytes = 0;
    this.#frame(this.#held!, 0, bytes);
    if (this.#held!.length > KEPT_BYTES) this.#held = undefined;
    return at;
  }

  #violate(code: number, reason: string): number {
    this.#broken = true;
    this.#handler.violation(code, reason);
    return -1;
  }
}

/** `buffer` when it has room for `bytes`; otherwise a larger one that begins with the first `used` bytes of it. */
function withRoom(buffer: Buffer | undefined, used: number, bytes: number): Buffer {
  if (buffer && buffer.length >= bytes) return buffer;
  const larger = Buffer.allocUnsafeSlow(Math.max(64, bytes, (buffer?.length ?? 0) * 2));
  if (buffer && used > 0) buffer.copy(larger, 0, 0, used);
  return larger;
}
