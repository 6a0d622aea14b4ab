import { expect, test } from 'vitest';
import { applyMask, closePayload, maskedFrame, maskedHeaderBytes, randomMask } from './frame-encoder.ts';
import { opcode } from './opcode.ts';

const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

test('the masked text message of RFC 6455 section 5.7', () => {
  expect(maskedFrame(Buffer.from('Hello'), { opcode: opcode.text, mask })).toEqual(
    Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]),
  );
});

test.each([
  [0, 6, [0x80]],
  [125, 6, [0x80 | 125]],
  [126, 8, [0xfe, 0, 126]],
  [65_535, 8, [0xfe, 255, 255]],
  [65_536, 14, [0xff, 0, 0, 0, 0, 0, 1, 0, 0]],
])('%i bytes have a header of %i', (bytes, header, length) => {
  const payload = Buffer.alloc(bytes, 'x');
  const frame = maskedFrame(payload, { opcode: opcode.binary, mask });
  expect(maskedHeaderBytes(bytes)).toBe(header);
  expect(frame.length).toBe(header + bytes);
  expect([...frame.subarray(1, header - 4)]).toEqual(length);
  expect([...frame.subarray(header - 4, header)]).toEqual([...mask]);
  applyMask(frame, header, frame.length, mask, 0);
  expect(frame.subarray(header).equals(payload)).toBe(true);
});

test('fin and RSV1 are as asked', () => {
  expect(maskedFrame(Buffer.alloc(0), { opcode: opcode.text, mask, fin: false, rsv1: true })[0]).toBe(0x41);
});

test('a mask can be put on and off in parts', () => {
  const bytes = Buffer.from('any offset of a payload');
  const parts = Buffer.from(bytes);
  applyMask(parts, 0, 5, mask, 0);
  applyMask(parts, 5, parts.length, mask, 5);
  applyMask(parts, 0, parts.length, mask, 0);
  expect(parts).toEqual(bytes);
});

test('a random mask has no zero byte, for a server may skip unmasking with zeros', () => {
  for (let i = 0; i < 2000; i++) expect([...randomMask()]).not.toContain(0);
});

test('a close payload is the code and the reason', () => {
  expect(closePayload(1000, 'bye')).toEqual(Buffer.from([0x03, 0xe8, 0x62, 0x79, 0x65]));
});
