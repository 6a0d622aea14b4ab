/** What the stub does with the messages it gets, and when; 0 turns a thing off. */
export interface StubBehaviour {
  /** Each echo leaves this long after its message came, never earlier. Milliseconds. */
  readonly delayMs: number;
  /** Once, this long after its first message, it answers nothing for `freezeMs`, and then all that waited. */
  readonly freezeAtMs: number;
  readonly freezeMs: number;
  /** Every Nth message, in order of arrival, is not answered. */
  readonly dropOneIn: number;
  /** Every Nth is answered twice. */
  readonly duplicateOneIn: number;
  /** Every Nth of a connection is answered after its successor. */
  readonly reorderOneIn: number;
  /** A connection that sent N messages gets their echoes and a close frame with 1001. */
  readonly closeAfter: number;
  /** Echoes leave at this many payload bytes a second over all connections. */
  readonly echoBytesPerSec: number;
  /** CPU spent on each message, in microseconds. */
  readonly burnUs: number;
  /** A message of its own to every connection at this period, in milliseconds. */
  readonly pushEveryMs: number;
  /** Answers every upgrade with this status instead of 101. */
  readonly refuseStatus: number;
  /** After so many upgrades each further one is answered with 503. */
  readonly acceptFirst: number;
  /** Of a connection that sent N messages nothing more is read. */
  readonly deafAfter: number;
  /** 1: each message goes to every connection with the same path and query, as in a room. */
  readonly rooms: number;
}

/** A stub that echoes at once, and does nothing else. */
export const plainEcho: StubBehaviour = {
  delayMs: 0,
  freezeAtMs: 0,
  freezeMs: 0,
  dropOneIn: 0,
  duplicateOneIn: 0,
  reorderOneIn: 0,
  closeAfter: 0,
  echoBytesPerSec: 0,
  burnUs: 0,
  pushEveryMs: 0,
  refuseStatus: 0,
  acceptFirst: 0,
  deafAfter: 0,
  rooms: 0,
};

/** What the stub really did. */
export interface StubCounts {
  connections: number;
  received: number;
  echoed: number;
  dropped: number;
  duplicated: number;
  reordered: number;
  closed: number;
  pushed: number;
  /** The most messages that came in one read. */
  mostInOneRead: number;
}
