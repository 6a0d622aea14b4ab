import type { LoadSpec } from '@ws-arena/load/load-spec';
import { randomMask } from '@ws-arena/wire/frame-encoder';
import { checkUpgrade, upgradeRequest } from '@ws-arena/wire/handshake';
import { type Deflate, deflateFor } from './deflate.ts';
import type { DialectCodec } from './dialect.ts';
import type { MessageFrames } from './frames.ts';
import type { Message } from './message.ts';
import { makeMessage } from './payload.ts';
import { socketIoDialect } from './socketio-dialect.ts';
import { websocketDialect } from './websocket-dialect.ts';

/** What a server may send beside echoes: packets that open a session, and the envelope of a message. */
const BESIDE_BYTES = 65_536;
/** Nothing says how long pushed messages are. */
const MAX_PUSHED_BYTES = 16_777_216;

/** The codec of the dialect that `spec` asks for. */
export function dialectFor(spec: LoadSpec): DialectCodec {
  return spec.dialect === 'websocket' ? websocketDialect : socketIoDialect(spec);
}

/** The headers that `spec` adds to every HTTP request of a handshake. */
export function requestHeaders({ handshake }: LoadSpec): Readonly<Record<string, string>> {
  const { origin, token, headers } = handshake;
  return {
    ...(origin !== undefined && { Origin: origin }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...headers,
  };
}

/** What every connection of a session speaks, made once from the spec. */
export class Protocol {
  readonly codec: DialectCodec;
  readonly deflate: Deflate | undefined;
  readonly mask = randomMask();
  /** Whether compressed messages are inflated: only where they are read. */
  readonly inflates: boolean;
  /** The longest message that is read. */
  readonly maxMessageBytes: number;
  /** The message that the load sends, and its frames. */
  readonly message: Message;
  readonly frames: MessageFrames;
  readonly #subprotocols: readonly string[];
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws Error for a payload that cannot be made, or a header that cannot be sent. */
  constructor(spec: LoadSpec) {
    const { load, payload, handshake } = spec;
    const readsAll = load.kind === 'broadcast' || load.kind === 'receive';
    this.inflates = spec.verify || spec.dialect !== 'websocket' || readsAll;
    this.maxMessageBytes =
      load.kind === 'receive'
        ? MAX_PUSHED_BYTES
        : BESIDE_BYTES + (load.kind === 'limit' ? load.maxBytes : payload.bytes);
    this.codec = dialectFor(spec);
    this.deflate = deflateFor(spec, this.maxMessageBytes);
    this.message = makeMessage(payload);
    this.frames = this.framesOf(this.message);
    this.#subprotocols = handshake.subprotocols;
    this.#headers = requestHeaders(spec);
    this.upgradeRequest('', '/', '');
  }

  /** The frames of a message; a compressed one is compressed once for all its sends. */
  framesOf(message: Message): MessageFrames {
    const { codec, mask, deflate } = this;
    return codec.frames(message, { mask, ...(deflate && { compress: deflate.compress }) });
  }

  /** The bytes of an upgrade request. */
  upgradeRequest(host: string, path: string, key: string): Buffer {
    const extensions = this.deflate?.offer ?? '';
    const request = { host, path, key, extensions, subprotocols: this.#subprotocols, headers: this.#headers };
    return Buffer.from(upgradeRequest(request), 'latin1');
  }

  /** The extensions that the response to the request with `key` agrees on, or the reason why it cannot be worked with. */
  accepted(head: string, key: string): { extensions: string } | { failed: string } {
    const answer = checkUpgrade(head, key, this.#subprotocols);
    if (!answer.ok) return { failed: answer.reason };
    const { extensions } = answer;
    const wrong = this.deflate
      ? this.deflate.check(extensions)
      : extensions && `extension ${extensions} was not asked for`;
    return wrong ? { failed: wrong } : { extensions };
  }
}
