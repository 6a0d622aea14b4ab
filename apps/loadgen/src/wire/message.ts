import { HEADER_BYTES, SEQUENCE_DIGITS } from './message-header.ts';

/** The bytes of a message, and where its header stands in them. */
export interface Content {
  readonly payload: Buffer;
  readonly headerAt: number;
}

/** One message of the load, before framing. */
export interface Message {
  /** The payload; the place of the header holds digits that each send overwrites. */
  readonly payload: Buffer;
  readonly binary: boolean;
  /** Where the header (`message-header.ts`) stands, or -1 when the payload is too short for one. */
  readonly headerAt: number;
  /** Whether the whole header fits, or only the sequence number. */
  readonly hasTimes: boolean;
}

/** A message with that content. */
export function messageOf({ payload, headerAt }: Content, binary: boolean): Message {
  const room = payload.length - headerAt;
  return {
    payload,
    binary,
    headerAt: room >= SEQUENCE_DIGITS ? headerAt : -1,
    hasTimes: room >= HEADER_BYTES,
  };
}

/** @throws Error when the message is too short for the times that a schedule writes into it. */
export function checkTimes({ hasTimes, payload }: Message): void {
  if (hasTimes) return;
  throw new Error(
    `a schedule writes its times into each message, and ${payload.length} bytes hold none; wanted: ${HEADER_BYTES} or more`,
  );
}
