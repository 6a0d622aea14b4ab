import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { PayloadSpec } from '@ws-arena/load/load-spec';
import { expect, test } from 'vitest';
import { wholeFileBytes } from './file-payload.ts';
import { HEADER_BYTES, writeSequence, writeTimes } from './message-header.ts';
import { makeMessage } from './payload.ts';

const spec = (values: Partial<PayloadSpec>): PayloadSpec => ({
  kind: 'random',
  bytes: 64,
  binary: false,
  seed: 1,
  ...values,
});

function file(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'payload-')), 'content');
  writeFileSync(path, content);
  return path;
}

const path = file('Grüße, "quoted"\n'.repeat(10));

test.each([
  spec({}),
  spec({ binary: true }),
  spec({ kind: 'json', bytes: 2000 }),
  spec({ kind: 'file', path }),
])('two runs with one seed send the same bytes, of the size asked for: %j', (one) => {
  expect(makeMessage(one).payload).toEqual(makeMessage(one).payload);
  expect(makeMessage(one).payload).toHaveLength(one.bytes);
  if (one.kind !== 'file')
    expect(makeMessage({ ...one, seed: 2 }).payload).not.toEqual(makeMessage(one).payload);
});

test('JSON of every size is what JSON.stringify writes, with its header patched too', () => {
  for (let bytes = 41; bytes < 1500; bytes += 1) {
    const message = makeMessage(spec({ kind: 'json', bytes, seed: bytes }));
    expect(message.payload).toHaveLength(bytes);
    expect(message.hasTimes).toBe(true);
    const mask = new Uint8Array(4);
    writeSequence(message.payload, message.headerAt, mask, 12_345);
    writeTimes(message.payload, message.headerAt, mask, 1, 2);
    const text = message.payload.toString();
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
  }
});

test('JSON compresses as notifications do: to between a fifth and a half', () => {
  const { payload } = makeMessage(spec({ kind: 'json', bytes: 4096 }));
  const ratio = deflateRawSync(payload).length / payload.length;
  expect(ratio).toBeGreaterThan(0.2);
  expect(ratio).toBeLessThan(0.5);
});

test('JSON that has no room for its header is refused', () => {
  expect(() => makeMessage(spec({ kind: 'json', bytes: 39 }))).toThrow(
    /of 39 bytes is too short; wanted: at least \d+/,
  );
});

test('a file stands behind the header, whole, cut or repeated', () => {
  const whole = wholeFileBytes(path);
  const content = makeMessage(spec({ kind: 'file', path, bytes: whole })).payload.subarray(HEADER_BYTES);
  expect(content.toString()).toBe('Grüße, "quoted"\n'.repeat(10));
  for (let bytes = HEADER_BYTES; bytes < 3 * whole; bytes += 1) {
    const { payload } = makeMessage(spec({ kind: 'file', path, bytes }));
    expect(payload).toHaveLength(bytes);
    expect(payload.toString()).not.toContain('\ufffd');
  }
});

test.each([
  [file(Buffer.from([0xff, 0xfe, 0x41])), false, /is not UTF-8 text; send it with --binary/],
  [file(''), false, /is empty/],
  ['/nowhere/at-all', true, /cannot read the payload file \/nowhere\/at-all/],
])('%s is refused', (bad, binary, sentence) => {
  expect(() => makeMessage(spec({ kind: 'file', path: bad, bytes: 30, binary }))).toThrow(sentence);
});

test('bytes that are no text go as binary', () => {
  const { payload } = makeMessage(
    spec({ kind: 'file', path: file(Buffer.from([0xff, 0xfe])), bytes: 26, binary: true }),
  );
  expect([...payload.subarray(HEADER_BYTES)]).toEqual([0xff, 0xfe, 0xff, 0xfe]);
});
