import type { PayloadSpec } from '@ws-arena/results/load-spec';
import { HEADER_BYTES, SEQUENCE_DIGITS } from './message-header.ts';

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

/**
 * Makes the message that a load sends. Text is ASCII that needs no escape in JSON.
 * @throws Error for a size that the kind cannot have.
 */
export function makeMessage(spec: PayloadSpec): Message {
  if (spec.kind !== 'random') throw new Error(`payload kind ${spec.kind} is not known; the kinds are random`);
  const payload = randomPayload(spec);
  return {
    payload,
    binary: spec.binary,
    headerAt: payload.length >= SEQUENCE_DIGITS ? 0 : -1,
    hasTimes: payload.length >= HEADER_BYTES,
  };
}

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

/** Pseudo-random 32-bit unsigned numbers, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}
