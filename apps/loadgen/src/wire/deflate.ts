import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Framing } from './dialect.ts';
import { HEADER_BYTES } from './message-header.ts';

/** permessage-deflate (RFC 7692) on the client's side, for one job. */
export interface Deflate {
  /** The value of Sec-WebSocket-Extensions in the request. */
  readonly offer: string;
  /** Undefined when the server's answer can be worked with, otherwise what is wrong with it. */
  check(extensions: string): string | undefined;
  readonly compress: NonNullable<Framing['compress']>;
  /**
   * The inflated message. With context takeover by the server every compressed message of a connection must come here,
   * in order; `connection` is what its window is kept by.
   * @throws Error when the bytes are no DEFLATE data, or would be more than `maxBytes`.
   */
  inflate(connection: object, data: Buffer, start: number, end: number): Buffer;
}

const WINDOW_BYTES = 32_768;
const NAME = 'permessage-deflate';
const NO_SERVER_TAKEOVER = 'server_no_context_takeover';
const offers = {
  takeover: NAME,
  'no-takeover': `${NAME}; ${NO_SERVER_TAKEOVER}; client_no_context_takeover`,
} as const;

/** The end of a flushed DEFLATE block, which RFC 7692 section 7.2.1 takes off each message. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * The client side of permessage-deflate that `spec` asks for, or undefined for `off`.
 * @param maxBytes the longest message that is inflated.
 */
export function deflateFor(spec: LoadSpec, maxBytes: number): Deflate | undefined {
  return spec.deflate === 'off' ? undefined : new PermessageDeflate(spec.deflate, maxBytes);
}

class PermessageDeflate implements Deflate {
  readonly offer: string;
  readonly #mode: 'takeover' | 'no-takeover';
  readonly #maxBytes: number;
  readonly #windows = new WeakMap<object, Buffer>();
  #serverTakesOver = false;

  constructor(mode: 'takeover' | 'no-takeover', maxBytes: number) {
    this.#mode = mode;
    this.#maxBytes = maxBytes;
    this.offer = offers[mode];
  }

  check(extensions: string): string | undefined {
    const [name, ...parameters] = extensions.split(';').map((part) => part.trim());
    if (name !== NAME)
      return extensions === '' ? `${NAME} was declined` : `extension ${extensions} was not offered`;
    const keepsNone = parameters.includes(NO_SERVER_TAKEOVER);
    // RFC 7692 section 7.1.1.1: a server that accepts the offer must answer with the parameter.
    if (this.#mode === 'no-takeover' && !keepsNone)
      return `the answer ${extensions} lacks ${NO_SERVER_TAKEOVER}`;
    this.#serverTakesOver ||= !keepsNone;
    return undefined;
  }

  compress(payload: Buffer, headerAt: number): { bytes: Buffer; headerAt: number } {
    return compressAround(payload, headerAt);
  }

  inflate(connection: object, data: Buffer, start: number, end: number): Buffer {
    const window = this.#windows.get(connection);
    const plain = inflateRawSync(Buffer.concat([data.subarray(start, end), TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: this.#maxBytes,
      ...(window && { dictionary: window }),
    });
    if (this.#serverTakesOver) {
      const seen = window ? Buffer.concat([window, plain]) : plain;
      this.#windows.set(connection, Buffer.from(seen.subarray(Math.max(0, seen.length - WINDOW_BYTES))));
    }
    return plain;
  }
}

/**
 * Compresses `payload` once for all its sends, such that its header can still be patched: everything up to the header's
 * end goes into a stored block (RFC 1951 section 3.2.4: bytes as they are, behind 5 bytes of block head), the rest into
 * a compressed block that does not refer to it. Both are legal in any message, with context takeover too, because a
 * sender need not use its window. It costs the header's bytes uncompressed and the 5.
 * @param headerAt where the header stands, or -1 when there is none: then all of it is compressed.
 */
function compressAround(payload: Buffer, headerAt: number): { bytes: Buffer; headerAt: number } {
  const patched = headerAt < 0 ? 0 : Math.min(payload.length, headerAt + HEADER_BYTES);
  const rest = payload.subarray(patched);
  const compressed = deflateRawSync(rest, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length);
  if (headerAt < 0) return { bytes: compressed, headerAt: -1 };
  const head = Buffer.alloc(5);
  head.writeUInt16LE(patched, 1);
  head.writeUInt16LE(~patched & 0xffff, 3);
  return {
    bytes: Buffer.concat([head, payload.subarray(0, patched), compressed]),
    headerAt: head.length + headerAt,
  };
}
