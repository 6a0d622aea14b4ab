import { expect, test } from 'vitest';
import {
  HEADER_BYTES,
  readActual,
  readIntended,
  readSequence,
  writeSequence,
  writeTimes,
} from './message-header.ts';

const noMask = new Uint8Array(4);
const mask = Uint8Array.of(1, 0x80, 0x7f, 0xff);

test.each([0, 1, 63, 64, 0x3ffff, 0x40000, 2 ** 31, 2 ** 36 - 1])('sequence %i is read back', (sequence) => {
  const bytes = Buffer.alloc(HEADER_BYTES + 2, '!');
  writeSequence(bytes, 2, noMask, sequence);
  expect(readSequence(bytes, 2)).toBe(sequence);
});

test.each([0, 1, 0xffffff, 0x1000000, 2 ** 40 + 12_345, 2 ** 48 - 1])(
  'times of %i ns are read back',
  (ns) => {
    const bytes = Buffer.alloc(HEADER_BYTES, '!');
    writeTimes(bytes, 0, noMask, ns, 2 ** 48 - 1 - ns);
    expect([readIntended(bytes, 0), readActual(bytes, 0)]).toEqual([ns, 2 ** 48 - 1 - ns]);
  },
);

test('a fraction of a nanosecond is cut off', () => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  writeTimes(bytes, 0, noMask, 1234.9, 0.5);
  expect([readIntended(bytes, 0), readActual(bytes, 0)]).toEqual([1234, 0]);
});

test('the header is ASCII that needs no escape in JSON', () => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  writeSequence(bytes, 0, noMask, 2 ** 36 - 1);
  writeTimes(bytes, 0, noMask, 2 ** 48 - 2, 62);
  expect(bytes.toString('latin1')).toMatch(/^[\w-]{22}$/);
});

test('masked as it is written', () => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  writeSequence(bytes, 0, mask, 987_654_321);
  writeTimes(bytes, 0, mask, 1e12, 2e12);
  bytes.forEach((byte, i) => {
    bytes[i] = byte ^ mask[i & 3]!;
  });
  expect([readSequence(bytes, 0), readIntended(bytes, 0), readActual(bytes, 0)]).toEqual([
    987_654_321, 1e12, 2e12,
  ]);
});

test('bytes that are no digits have no number', () => {
  const bytes = Buffer.alloc(HEADER_BYTES, 'A');
  bytes[5] = 0x20;
  bytes[9] = 0xff;
  bytes[21] = 0;
  expect([readSequence(bytes, 0), readIntended(bytes, 0), readActual(bytes, 0)]).toEqual([-1, -1, -1]);
});
