import { defaultSpec } from '@ws-arena/load/load-spec';
import { describe, expect, test } from 'vitest';
import { ClientFrames } from '../testing/client-frames.ts';
import { writeDigits, writeUint32 } from './ack-id.ts';
import { FIRST_ACK_ID, stamp } from './frames.ts';
import { readSequence } from './message-header.ts';
import { makeMessage } from './payload.ts';
import { socketIoDialect } from './socketio-dialect.ts';

const mask = Uint8Array.of(1, 2, 0x83, 0xf4);
const unmasked = (bytes: Uint8Array) => Buffer.from(bytes.map((byte, i) => byte ^ mask[i & 3]!));
const ids = [FIRST_ACK_ID, FIRST_ACK_ID + 1, 1_234_567_890, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

test.each(ids)('%i is written in ten digits and in four bytes, masked', (id) => {
  const digits = new Uint8Array(10);
  writeDigits(digits, 0, mask, id);
  expect(unmasked(digits).toString()).toBe(String(id));
  const uint32 = new Uint8Array(4);
  writeUint32(uint32, 0, mask, id);
  expect(unmasked(uint32).readUInt32BE()).toBe(id);
});

describe('a stamped packet', () => {
  test.each([64, 3])('of %i bytes has the id of its sequence number, in a row of frames too', (bytes) => {
    const message = makeMessage({ kind: 'random', bytes, binary: false, seed: 1 });
    const frames = socketIoDialect({ ...defaultSpec, dialect: 'socketio', acks: true }).frames(message, {
      mask,
    });
    const row = Buffer.concat([frames.bytes, frames.bytes, frames.bytes]);
    for (let i = 0; i < 3; i++) stamp(row, i * frames.bytes.length, frames, 70_000 + i);
    const packets: Buffer[] = [];
    new ClientFrames((_code, payload) => packets.push(payload)).push(row);
    expect(packets.map((packet) => packet.subarray(0, 24).toString())).toEqual(
      [70_000, 70_001, 70_002].map((sequence) => `42${FIRST_ACK_ID + sequence}["message","`),
    );
    if (bytes === 64)
      expect(packets.map((packet) => readSequence(packet, 24))).toEqual([70_000, 70_001, 70_002]);
  });
});
