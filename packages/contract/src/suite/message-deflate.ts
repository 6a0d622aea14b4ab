import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_BYTES = 32_768;

/** Which side keeps its window between messages, as negotiated (RFC 7692 section 7.1.1). */
export interface Takeover {
  readonly server: boolean;
  readonly client: boolean;
}

/**
 * Compression of whole messages (RFC 7692 section 7.2). A window that is kept is the last 32 KiB of what went before,
 * given to zlib as a dictionary, so nothing here is a stream.
 */
export class MessageDeflate {
  readonly #takeover: Takeover;
  #received: Buffer = Buffer.alloc(0);
  #sent: Buffer = Buffer.alloc(0);

  constructor(takeover: Takeover) {
    this.#takeover = takeover;
  }

  /** @throws Error of zlib when `payload` is not deflate data. */
  inflate(payload: Buffer): Buffer {
    const data = inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#received.length > 0 && { dictionary: this.#received }),
    });
    if (this.#takeover.server) this.#received = lastWindow(this.#received, data);
    return data;
  }

  deflate(data: Buffer): Buffer {
    const payload = deflated(data, this.#sent.length > 0 ? { dictionary: this.#sent } : {});
    if (this.#takeover.client) this.#sent = lastWindow(this.#sent, data);
    return payload;
  }
}

/** A message as permessage-deflate sends it (RFC 7692 section 7.2.1): flushed, without the last four bytes. */
export function deflated(data: Uint8Array, options: ZlibOptions = {}): Buffer {
  return deflateRawSync(data, { ...options, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length);
}

function lastWindow(before: Buffer, data: Buffer): Buffer {
  return Buffer.concat([before, data]).subarray(-WINDOW_BYTES);
}

/** What `header`, the response's `Sec-WebSocket-Extensions`, says of context takeover; undefined without deflate. */
export function negotiatedTakeover(header: string | undefined): Takeover | undefined {
  if (!header?.includes('permessage-deflate')) return undefined;
  return {
    server: !header.includes('server_no_context_takeover'),
    client: !header.includes('client_no_context_takeover'),
  };
}
