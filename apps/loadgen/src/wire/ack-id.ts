/** Digits of an ack id in text. */
export const ACK_DIGITS = 10;

/** Writes `id` at `at` in ten decimal digits, masked with the four bytes of `mask` that apply from `at` on. */
export function writeDigits(bytes: Uint8Array, at: number, mask: Uint8Array, id: number): void {
  let rest = id;
  for (let i = ACK_DIGITS - 1; i >= 0; i--) {
    const tenth = (rest / 10) >>> 0;
    bytes[at + i] = (0x30 + rest - tenth * 10) ^ mask[i & 3]!;
    rest = tenth;
  }
}

/** Writes `id` at `at` as the four bytes of msgpack's uint 32, masked as `writeDigits` does it. */
export function writeUint32(bytes: Uint8Array, at: number, mask: Uint8Array, id: number): void {
  bytes[at] = (id >>> 24) ^ mask[0]!;
  bytes[at + 1] = (id >>> 16) ^ mask[1]!;
  bytes[at + 2] = (id >>> 8) ^ mask[2]!;
  bytes[at + 3] = id ^ mask[3]!;
}
