import type { PayloadSpec } from '@ws-arena/load/load-spec';
import { filePayload } from './file-payload.ts';
import { jsonPayload } from './json-payload.ts';
import { HEADER_BYTES, SEQUENCE_DIGITS } from './message-header.ts';
import { seededRandom } from './seeded-random.ts';

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

/** The bytes of a message, and where its header stands in them. */
export interface Content {
  readonly payload: Buffer;
  readonly headerAt: number;
}

/**
 * Makes the message that a load sends. Random text is ASCII that needs no escape in JSON.
 * @throws Error for a size that the kind cannot have, or a file that cannot be read.
 */
export function makeMessage(spec: PayloadSpec): Message {
  const { payload, headerAt } = contents[spec.kind](spec);
  const room = payload.length - headerAt;
  return {
    payload,
    binary: spec.binary,
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

const contents: Readonly<Record<PayloadSpec['kind'], (spec: PayloadSpec) => Content>> = {
  random: (spec) => ({ payload: randomPayload(spec), headerAt: 0 }),
  json: jsonPayload,
  file: filePayload,
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function randomPayload(spec: PayloadSpec): Buffer {
  const random = seededRandom(spec.seed);
  const payload = Buffer.allocUnsafeSlow(spec.bytes);
  for (let i = 0; i < payload.length; i++) {
    const value = random();
    payload[i] = spec.binary ? value >>> 24 : LETTERS.charCodeAt(value >>> 26);
  }
  return payload;
}
