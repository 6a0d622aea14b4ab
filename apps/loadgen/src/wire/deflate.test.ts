import { constants, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import { defaultSpec } from '@ws-arena/load/load-spec';
import { describe, expect, test } from 'vitest';
import { deflateFor } from './deflate.ts';
import { HEADER_BYTES, readIntended, readSequence, writeSequence, writeTimes } from './message-header.ts';
import { makeMessage } from './payload.ts';

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const noMask = new Uint8Array(4);

function inflated(bytes: Buffer): Buffer {
  return inflateRawSync(Buffer.concat([bytes, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}

function deflate(mode: 'takeover' | 'no-takeover') {
  const made = deflateFor({ ...defaultSpec, deflate: mode }, 65_536);
  if (!made) throw new Error('deflate is off');
  return made;
}

describe('a message compressed once', () => {
  const message = makeMessage({ kind: 'json', bytes: 4096, binary: false, seed: 3 });

  test('inflates to the payload, and is smaller', () => {
    const { bytes } = deflate('no-takeover').compress(message.payload, message.headerAt);
    expect(inflated(bytes)).toEqual(message.payload);
    expect(bytes.length).toBeLessThan(message.payload.length / 2);
  });

  test('its header can be patched without compressing again', () => {
    const { bytes, headerAt } = deflate('no-takeover').compress(message.payload, message.headerAt);
    for (const sequence of [0, 1, 77_777, 2 ** 36 - 1]) {
      writeSequence(bytes, headerAt, noMask, sequence);
      writeTimes(bytes, headerAt, noMask, sequence * 1000, sequence * 1000 + 1);
      const plain = inflated(bytes);
      expect(readSequence(plain, message.headerAt)).toBe(sequence);
      expect(readIntended(plain, message.headerAt)).toBe(sequence * 1000);
      expect(plain.subarray(message.headerAt + HEADER_BYTES)).toEqual(
        message.payload.subarray(message.headerAt + HEADER_BYTES),
      );
      expect(() => JSON.parse(plain.toString())).not.toThrow();
    }
  });

  test.each([0, 1, 6, 21, 22, 23, 64])('of %i bytes is legal, with a header and without', (size) => {
    const { payload, headerAt } = makeMessage({ kind: 'random', bytes: size, binary: true, seed: 1 });
    expect(inflated(deflate('takeover').compress(payload, headerAt).bytes)).toEqual(payload);
    expect(inflated(deflate('takeover').compress(payload, -1).bytes)).toEqual(payload);
  });
});

test('messages of a server with context takeover are inflated, each connection with its own window', async () => {
  const client = deflate('takeover');
  expect(client.check('permessage-deflate')).toBeUndefined();
  const text = Buffer.from('the same words come again and again, so a window helps '.repeat(800));
  for (const connection of [{}, {}]) {
    const server = createDeflateRaw();
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const message = Buffer.concat([Buffer.from(`${i}`), text]);
      const bytes = await new Promise<Buffer>((resolve) => {
        server.write(message);
        server.flush(constants.Z_SYNC_FLUSH, () => resolve(server.read() as Buffer));
      });
      const sent = Buffer.concat([Buffer.from('xx'), bytes.subarray(0, -4)]);
      sizes.push(sent.length);
      expect(client.inflate(connection, sent, 2, sent.length)).toEqual(message);
    }
    // The later ones do refer to the earlier: without the window they could not be inflated.
    expect(sizes[1]!).toBeLessThan(sizes[0]!);
    server.destroy();
  }
});

test('bytes that are no DEFLATE data are an error', () => {
  const bytes = Buffer.from('ffffffff', 'hex');
  expect(() => deflate('takeover').inflate({}, bytes, 0, bytes.length)).toThrow();
});

test.each([
  ['no-takeover', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover', undefined],
  ['no-takeover', 'permessage-deflate; server_no_context_takeover', undefined],
  ['no-takeover', 'permessage-deflate', /lacks server_no_context_takeover/],
  ['no-takeover', '', /declined/],
  ['takeover', 'permessage-deflate', undefined],
  ['takeover', 'permessage-deflate; server_no_context_takeover', undefined],
  ['takeover', 'x-webkit-deflate-frame', /was not offered/],
] as const)('%s: the answer %j is judged', (mode, answer, wrong) => {
  const found = deflate(mode).check(answer);
  if (wrong) expect(found).toMatch(wrong);
  else expect(found).toBeUndefined();
});

test('off offers nothing', () => {
  expect(deflateFor(defaultSpec, 65_536)).toBeUndefined();
});

test('what would inflate to more than the bound is refused', () => {
  const bomb = deflateRawSync(Buffer.alloc(65_537), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  expect(() => deflate('no-takeover').inflate({}, bomb, 0, bomb.length)).toThrow();
});
