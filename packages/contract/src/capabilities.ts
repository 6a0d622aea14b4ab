import type { Dialect } from '@ws-arena/wire/dialect';

/**
 * What a target does where its library cannot do what the contract says. Declared once here, asserted by the suite,
 * printed in the report. A field holds what a client sees; the contract's own outcome stands in `full`.
 */
export interface Capabilities {
  /** Close code after a message of limit + 1 bytes. */
  readonly overLimitCode: 1009 | 1006;
  /** Whether a compressed message is ended for its bytes on the wire; else they are inflated as they come, and not kept. */
  readonly limitsWireBytes: boolean;
  /** Whether the read limit counts a compressed message on the wire too: one as long that does not compress gets 1009. */
  readonly countsWireBytes: boolean;
  /** Whether a message ends with 1008 that has more fragments, empty ones too, than the read limit has bytes. */
  readonly countsFragments: boolean;
  /** Bytes of the read limit that the library's own framing of a message takes up. */
  readonly readLimitOverheadBytes: { readonly text: number; readonly binary: number };
  /** Whether a text message that is not UTF-8 ends the connection with 1007; `dropped` is 1006, `echoed` lets it pass. */
  readonly invalidUtf8: 1007 | 'dropped' | 'echoed';
  /** Close code after a violation of the framing rules. */
  readonly protocolErrorCode: 1002 | 1006;
  /** Whether what was accepted is sent before the connection ends for a broken rule, or for a message of limit + 1 bytes. */
  readonly sendsAcceptedBefore: { readonly error: boolean; readonly overLimit: boolean };
  /** The deflate levels that can be kept; empty means no compression at all. */
  readonly deflateLevels: readonly number[];
  /** Whether context takeover can be had. */
  readonly deflateContextTakeover: boolean;
  /** Whether a size below which messages stay uncompressed can be had together with context takeover. */
  readonly deflateThresholdWithTakeover: boolean;
  /** Whether it can stop reading from a peer whose replies wait; without it a peer is cut at `maxBufferedBytes`. */
  readonly stopsReading: boolean;
  /** Whether `handshakeTimeoutMs` is kept, or the library has a time of its own, in milliseconds. */
  readonly ownHandshakeTimeoutMs: number | undefined;
  /** Whether Socket.IO's sessions over HTTP long-polling can be had. */
  readonly longPolling: boolean;
  /** Whether Redis can carry rooms to other instances; else `redisUrl` is refused at start. */
  readonly sharesRooms: boolean;
  /** Whether one event loop serves all, whose lag it tells. */
  readonly eventLoop: boolean;
  /** Pings are WebSocket control frames (`frame`) or the library's own packets (`packet`). */
  readonly ping: 'frame' | 'packet';
  /** Text and binary messages, pings and close codes are those of plain WebSocket. */
  readonly wire: Dialect;
  /** What a reader of the report should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The contract met in every row. */
export const full: Capabilities = {
  overLimitCode: 1009,
  limitsWireBytes: true,
  countsWireBytes: false,
  countsFragments: false,
  readLimitOverheadBytes: { text: 0, binary: 0 },
  invalidUtf8: 1007,
  protocolErrorCode: 1002,
  sendsAcceptedBefore: { error: true, overLimit: true },
  deflateLevels: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  deflateContextTakeover: true,
  deflateThresholdWithTakeover: true,
  stopsReading: true,
  ownHandshakeTimeoutMs: undefined,
  longPolling: false,
  sharesRooms: true,
  eventLoop: false,
  ping: 'frame',
  wire: 'websocket',
  notes: [],
};
