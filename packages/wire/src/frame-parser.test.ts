import { describe, expect, test } from 'vitest';
import { FrameParser, type FrameParserOptions } from './frame-parser.ts';
import { opcode } from './opcode.ts';

/** An unmasked frame, as a server sends it; `form` forces a longer form of the length than is needed. */
function serverFrame(first: number, payload: Uint8Array, form = 0): Buffer {
  const bytes = payload.length;
  const short = Math.max(form, bytes < 126 ? 0 : bytes < 0x10000 ? 2 : 8);
  const head = Buffer.alloc(2 + short);
  head[0] = first;
  head[1] = short === 0 ? bytes : short === 2 ? 126 : 127;
  if (short === 2) head.writeUInt16BE(bytes, 2);
  if (short === 8) head.writeBigUInt64BE(BigInt(bytes), 2);
  return Buffer.concat([head, payload]);
}

const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 0xff));

/** What a parser found in `chunks`, copied. */
function parse(chunks: readonly Buffer[], options: Partial<FrameParserOptions> = {}) {
  const found: unknown[] = [];
  const parser = new FrameParser(
    {
      message: (binary, compressed, data, start, end) =>
        found.push({ binary, compressed, payload: data.toString('hex', start, end) }),
      control: (code, data, start, end) => found.push({ code, payload: data.toString('hex', start, end) }),
      violation: (code, reason) => found.push({ violation: code, reason }),
    },
    { maxMessageBytes: 1 << 20, ...options },
  );
  for (const chunk of chunks) {
    // Each chunk stands somewhere in a buffer that is overwritten afterwards, as a read buffer is.
    const read = Buffer.concat([Buffer.alloc(3, 0xee), chunk, Buffer.alloc(2, 0xee)]);
    parser.push(read, 3, 3 + chunk.length);
    read.fill(0xdd);
  }
  return found;
}

const text = (payload: Uint8Array) => ({
  binary: false,
  compressed: false,
  payload: Buffer.from(payload).toString('hex'),
});

describe('every form of the length', () => {
  const cases = [
    [0, 0],
    [1, 0],
    [125, 0],
    [126, 2],
    [127, 2],
    [65_535, 2],
    [65_536, 8],
    [70_000, 8],
    [5, 2],
    [5, 8],
    [300, 8],
  ];
  test.each(cases)('%i bytes, %i bytes of extended length', (length, form) => {
    const payload = bytesOf(length!);
    expect(parse([serverFrame(0x81, payload, form)])).toEqual([text(payload)]);
  });
});

test.each([0, 125, 126, 300])('frames of %i bytes, split in two at every byte', (length) => {
  const payload = bytesOf(length);
  const stream = Buffer.concat([
    serverFrame(0x81, payload),
    serverFrame(0x89, Buffer.from('ping')),
    serverFrame(0x82, payload, 8),
  ]);
  const whole = parse([stream]);
  expect(whole).toHaveLength(3);
  for (let at = 0; at <= stream.length; at++) {
    expect(parse([stream.subarray(0, at), stream.subarray(at)]), `split at ${at}`).toEqual(whole);
  }
});

test.each([1, 2, 3, 7])('a stream in chunks of %i bytes', (size) => {
  const stream = Buffer.concat([0, 3, 126, 200, 65_536].map((length) => serverFrame(0x82, bytesOf(length))));
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
  expect(parse(chunks)).toEqual(parse([stream]));
});

test('fragments are joined, and a control frame may stand between them', () => {
  const stream = Buffer.concat([
    serverFrame(0x01, Buffer.from('he')),
    serverFrame(0x00, Buffer.from('l')),
    serverFrame(0x89, Buffer.from('?')),
    serverFrame(0x80, Buffer.from('lo')),
    serverFrame(0x81, Buffer.from('next')),
  ]);
  const joined = [
    { code: opcode.ping, payload: Buffer.from('?').toString('hex') },
    text(Buffer.from('hello')),
    text(Buffer.from('next')),
  ];
  for (let at = 0; at <= stream.length; at++) {
    expect(parse([stream.subarray(0, at), stream.subarray(at)]), `split at ${at}`).toEqual(joined);
  }
});

test('with deflate, RSV1 of the first fragment marks the message', () => {
  const stream = [serverFrame(0x41, Buffer.from('a')), serverFrame(0x80, Buffer.from('b'))];
  expect(parse(stream, { deflate: true })).toEqual([{ ...text(Buffer.from('ab')), compressed: true }]);
});

test.each([
  ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]), 1002],
  ['RSV1 without deflate', serverFrame(0xc1, Buffer.from('a')), 1002],
  ['RSV2', serverFrame(0xa1, Buffer.from('a')), 1002],
  ['a reserved data opcode', serverFrame(0x83, Buffer.from('a')), 1002],
  ['a reserved control opcode', serverFrame(0x8b, Buffer.from('a')), 1002],
  ['a fragmented ping', serverFrame(0x09, Buffer.from('a')), 1002],
  ['a ping of 126 bytes', serverFrame(0x89, bytesOf(126)), 1002],
  ['a continuation of nothing', serverFrame(0x80, Buffer.from('a')), 1002],
  [
    'a new message within a fragmented one',
    Buffer.concat([serverFrame(0x01, Buffer.from('a')), serverFrame(0x81, Buffer.from('b'))]),
    1002,
  ],
  ['more than the limit', serverFrame(0x82, bytesOf(66_000)), 1009],
  [
    'more than the limit in fragments',
    Buffer.concat([serverFrame(0x02, bytesOf(60_000)), serverFrame(0x80, bytesOf(6000))]),
    1009,
  ],
])('%s is a violation, and ends the parsing', (_name, stream, code) => {
  const after = serverFrame(0x81, Buffer.from('never seen'));
  const found = parse([Buffer.concat([stream, after]), after], { maxMessageBytes: 65_536 });
  expect(found).toEqual([{ violation: code, reason: expect.any(String) }]);
  const byByte = [...Buffer.concat([stream, after])].map((byte) => Buffer.from([byte]));
  expect(parse(byByte, { maxMessageBytes: 65_536 })).toEqual(found);
});
