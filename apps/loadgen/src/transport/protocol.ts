import type { LoadSpec } from '@ws-arena/load/load-spec';
import { randomMask } from '@ws-arena/wire/frame-encoder';
import { checkUpgrade, upgradeRequest } from '@ws-arena/wire/handshake';
import type { LoadedScenario } from '../scenario/load-scenario.ts';
import { scenarioDialect } from '../scenario/scenario-dialect.ts';
import { type Deflate, deflateFor } from '../wire/deflate.ts';
import type { DialectCodec, DialectPeer } from '../wire/dialect.ts';
import type { MessageFrames } from '../wire/frames.ts';
import type { Message } from '../wire/message.ts';
import { makeMessage } from '../wire/payload.ts';
import { socketIoDialect } from '../wire/socketio-dialect.ts';
import { websocketDialect } from '../wire/websocket-dialect.ts';

/** What a server may send beside echoes: packets that open a session, and the envelope of a message. */
const BESIDE_BYTES = 65_536;
/** Nothing says how long pushed messages are. */
const MAX_PUSHED_BYTES = 16_777_216;

/** The codec of the dialect that `spec` asks for, or of the scenario that it names. */
function codecFor(spec: LoadSpec, scenario: LoadedScenario | undefined): DialectCodec {
  if (scenario) return scenarioDialect(scenario);
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
  /** The message that the load sends; of a scenario: its content. */
  readonly message: Message;
  /** What a reply brings. */
  readonly replied: Message;
  /** The frames that all connections send; undefined where messages are made for each. */
  readonly frames: MessageFrames | undefined;
  readonly #subprotocols: readonly string[];
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * @param scenario what `spec.scenario` names.
   * @throws Error for a payload that cannot be made, or a header that cannot be sent.
   */
  constructor(spec: LoadSpec, scenario?: LoadedScenario) {
    const { load, payload, handshake } = spec;
    const readsAll = load.kind === 'broadcast' || load.kind === 'receive';
    this.inflates = spec.verify || scenario !== undefined || spec.dialect !== 'websocket' || readsAll;
    this.maxMessageBytes =
      load.kind === 'receive'
        ? MAX_PUSHED_BYTES
        : BESIDE_BYTES + (load.kind === 'limit' ? load.maxBytes : payload.bytes);
    this.codec = codecFor(spec, scenario);
    this.deflate = deflateFor(spec, this.maxMessageBytes);
    this.message = makeMessage(payload);
    this.replied = this.codec.replied ?? this.message;
    this.frames = this.codec.made === 'job' ? this.framesOf(this.message) : undefined;
    const offered = scenario?.subprotocols ?? [];
    this.#subprotocols = handshake.subprotocols.length > 0 ? handshake.subprotocols : offered;
    this.#headers = requestHeaders(spec);
    this.upgradeRequest('', '/', '');
  }

  /** The frames of a message; a compressed one is compressed once for all its sends. */
  framesOf(message: Message, peer?: DialectPeer): MessageFrames {
    const { codec, mask, deflate } = this;
    return codec.frames(message, { mask, ...(deflate && { compress: deflate.compress }) }, peer);
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
