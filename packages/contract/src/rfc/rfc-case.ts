import type { Verdict } from '@ws-arena/results/conformance';
import type { Peer } from '../suite/peer.ts';
import type { UpgradeRequest } from '../suite/upgrade.ts';
import type { RuleId } from './rules.ts';

/**
 * How the runner learns that the server is done with a case: by the echo of one more text, by the answer to one more
 * ping (while a message is open), or by the end of the connection.
 */
export type Fence = 'text' | 'ping' | 'end';

interface RfcCaseBase {
  readonly name: string;
  /** The rule that it puts to the test. */
  readonly rule: RuleId;
  /** The number of the like case in the Autobahn test suite, where it has one. */
  readonly autobahn?: string;
  /** The outcomes that the RFC asks for. */
  readonly wants: readonly string[];
  /** Outcomes that keep a peer safe without being what the RFC says, as Autobahn's "non-strict". */
  readonly tolerates?: readonly (string | RegExp)[];
}

/** A case of frames on an open connection. */
export interface FrameCase extends RfcCaseBase {
  readonly kind: 'frames';
  /** The extension offer; with one, the case runs on a server with deflate on. */
  readonly offer?: string;
  /** The writes, in order. */
  readonly send: (peer: Peer) => readonly Uint8Array[];
  /** A good message that goes first; its echo is waited for, so that what follows it is seen by itself. */
  readonly first?: string;
  /** The messages that an echo must bring back, besides the first. */
  readonly echoes?: readonly (string | Buffer)[];
  readonly fence: Fence;
  /** It sends what a JSON packet cannot hold as it is, so it says nothing about a target whose messages are such. */
  readonly plainOnly?: boolean;
}

/** A case of the opening handshake: the outcome is the answer's status. */
export interface HandshakeCase extends RfcCaseBase {
  readonly kind: 'handshake';
  readonly request: UpgradeRequest;
  /** The bytes that go first, and are read by the server before the others are sent. */
  readonly firstBytes?: number;
}

/** A case of extension negotiation: the outcome is `agreed`, `declined`, a status, or what is wrong with the answer. */
export interface NegotiationCase extends RfcCaseBase {
  readonly kind: 'negotiation';
  readonly offer: string;
  /** Whether the server keeps its window where it may: with the other setting the same offers meet other code. */
  readonly takeover: boolean;
}

/** One wire case of RFC 6455 or RFC 7692. */
export type RfcCase = FrameCase | HandshakeCase | NegotiationCase;

/**
 * The connection fails in other words than the RFC's: without a close frame, or with another code. RFC 6455 section 7.1.7
 * has the code as a SHOULD, and section 5.5.1 says that an endpoint "typically" echoes the one that it received.
 */
export const failsOtherwise = /^(dropped|close 10(00|02|03|05|07|08|09|11))$/;

/** The outcome of a case that does not apply to a target. */
export const NOT_APPLICABLE = 'not applicable' satisfies Verdict;

/** Judges an outcome by the case's own words. */
export function verdict(rfcCase: RfcCase, outcome: string): Verdict {
  if (outcome === NOT_APPLICABLE) return NOT_APPLICABLE;
  if (rfcCase.wants.includes(outcome)) return 'ok';
  const safe = rfcCase.tolerates?.some((one) =>
    one instanceof RegExp ? one.test(outcome) : one === outcome,
  );
  return safe ? 'non-strict' : 'failed';
}
