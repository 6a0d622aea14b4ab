/*
 * The header that stands in every message of a load: a sequence number and two times, in digits of base64url, six bits
 * each. They are ASCII, so they are valid in text, need no escape in JSON, and are the same in binary.
 */

/** Digits of the sequence number: up to 2^36 - 1 for each connection. */
export const SEQUENCE_DIGITS = 6;
const TIME_DIGITS = 8;

/** Bytes of the whole header: sequence number, intended and actual send time. */
export const HEADER_BYTES = SEQUENCE_DIGITS + 2 * TIME_DIGITS;

const INTENDED_AT = SEQUENCE_DIGITS;
const ACTUAL_AT = SEQUENCE_DIGITS + TIME_DIGITS;

const DIGITS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 'latin1');
const NOT_A_DIGIT = 64;
const values = new Uint8Array(256).fill(NOT_A_DIGIT);
DIGITS.forEach((digit, value) => {
  values[digit] = value;
});

/**
 * Writes `sequence` at `at`, masked with the four bytes of `mask` that apply from `at` on.
 * @param sequence a whole number below 2^36.
 */
export function writeSequence(bytes: Uint8Array, at: number, mask: Uint8Array, sequence: number): void {
  const low = sequence & 0x3ffff;
  const high = (sequence / 0x40000) | 0;
  bytes[at] = DIGITS[high >> 12]! ^ mask[0]!;
  bytes[at + 1] = DIGITS[(high >> 6) & 63]! ^ mask[1]!;
  bytes[at + 2] = DIGITS[high & 63]! ^ mask[2]!;
  bytes[at + 3] = DIGITS[low >> 12]! ^ mask[3]!;
  bytes[at + 4] = DIGITS[(low >> 6) & 63]! ^ mask[0]!;
  bytes[at + 5] = DIGITS[low & 63]! ^ mask[1]!;
}

/** Reads the sequence number at `at`, or -1 when there is none. */
export function readSequence(bytes: Uint8Array, at: number): number {
  const a = values[bytes[at]!]!;
  const b = values[bytes[at + 1]!]!;
  const c = values[bytes[at + 2]!]!;
  const d = values[bytes[at + 3]!]!;
  const e = values[bytes[at + 4]!]!;
  const f = values[bytes[at + 5]!]!;
  if (((a | b | c | d | e | f) & NOT_A_DIGIT) !== 0) return -1;
  return ((a << 12) | (b << 6) | c) * 0x40000 + ((d << 12) | (e << 6) | f);
}

/**
 * Writes both send times into the header that begins at `at`, masked as `writeSequence` does it.
 * @param intendedNs when the schedule wanted the message sent, @param actualNs when it was: nanoseconds since the job's
 * epoch, below 2^48 (three days).
 */
export function writeTimes(
  bytes: Uint8Array,
  at: number,
  mask: Uint8Array,
  intendedNs: number,
  actualNs: number,
): void {
  writeTime(bytes, at + INTENDED_AT, mask, INTENDED_AT, intendedNs);
  writeTime(bytes, at + ACTUAL_AT, mask, ACTUAL_AT, actualNs);
}

/** Nanoseconds since the job's epoch at which the message whose header is at `at` was to be sent; -1 for none. */
export function readIntended(bytes: Uint8Array, at: number): number {
  return readTime(bytes, at + INTENDED_AT);
}

/** Nanoseconds since the job's epoch at which the message whose header is at `at` was sent; -1 for none. */
export function readActual(bytes: Uint8Array, at: number): number {
  return readTime(bytes, at + ACTUAL_AT);
}

function writeTime(bytes: Uint8Array, at: number, mask: Uint8Array, phase: number, timeNs: number): void {
  let high = Math.floor(timeNs / 0x1000000);
  let low = timeNs - high * 0x1000000;
  for (let i = 3; i >= 0; i--) {
    bytes[at + i] = DIGITS[high & 63]! ^ mask[(phase + i) & 3]!;
    bytes[at + i + 4] = DIGITS[low & 63]! ^ mask[(phase + i) & 3]!;
    high >>= 6;
    low >>= 6;
  }
}

function readTime(bytes: Uint8Array, at: number): number {
  let high = 0;
  let low = 0;
  let all = 0;
  for (let i = 0; i < 4; i++) {
    const h = values[bytes[at + i]!]!;
    const l = values[bytes[at + i + 4]!]!;
    all |= h | l;
    high = (high << 6) | h;
    low = (low << 6) | l;
  }
  return (all & NOT_A_DIGIT) !== 0 ? -1 : high * 0x1000000 + low;
}
