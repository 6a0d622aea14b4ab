import { type ClientFrame, clientFrame, closePayload, opcodes, rsv } from '../suite/client-frame.ts';
import { deflated } from '../suite/message-deflate.ts';
import type { Random } from './random.ts';

/** Lengths around which a frame's head, a read limit or a buffer changes. */
const EDGES = [0, 1, 2, 124, 125, 126, 127, 1000, 16_384, 65_519, 65_520, 65_535, 65_536, 65_537];
const SMALL = 64;
const CODES = [
  0, 999, 1000, 1001, 1002, 1004, 1005, 1006, 1007, 1009, 1011, 1015, 2999, 3000, 4999, 5000, 65_535,
];

/** Much from little: 32 MiB of zeros, and a compressed message within the limit. */
const bombs = [2 ** 25, 65_000].map((bytes) => deflated(Buffer.alloc(bytes)));

/** Bytes as a message may carry them: none, noise, text, broken UTF-8. */
export function anyPayload(random: Random): Buffer {
  const bytes = random.percent(80) ? random.below(SMALL) : random.pick(EDGES);
  const noise = random.bytes(bytes);
  if (random.percent(50)) return noise;
  for (let i = 0; i < bytes; i += 1) noise[i] = 0x20 + (noise[i]! % 0x5f);
  return noise;
}

/** The frames of one message or control frame, right or wrong; `message` makes the payload of a message. */
export function anyFrames(random: Random, deflate: boolean, message: () => Buffer): Buffer[] {
  if (random.percent(25)) return [controlFrame(random)];
  const squeezed = deflate && random.percent(70);
  const whole = squeezed ? anyCompressed(random, message) : message();
  const opcode = random.percent(95) ? random.pick([opcodes.text, opcodes.binary]) : random.below(16);
  const cuts = random.percent(70)
    ? []
    : random.some(8, () => random.below(whole.length + 1)).sort((a, b) => a - b);
  const edges = [0, ...cuts, whole.length];
  const frames: Buffer[] = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    if (i > 0 && random.percent(20)) frames.push(controlFrame(random));
    const frame: ClientFrame = {
      opcode: i === 0 ? opcode : opcodes.continuation,
      fin: i + 2 === edges.length,
      rsv: i === 0 && squeezed ? rsv.one : 0,
      payload: whole.subarray(edges[i], edges[i + 1]),
    };
    frames.push(clientFrame(random.percent(95) ? frame : spoilt(random, frame)));
  }
  return frames;
}

/** A frame with one thing wrong in its head. */
function spoilt(random: Random, frame: ClientFrame): ClientFrame {
  const length = frame.payload!.length;
  return random.pick<() => ClientFrame>([
    () => ({ ...frame, opcode: random.below(16) }),
    () => ({ ...frame, fin: !frame.fin }),
    () => ({ ...frame, rsv: random.below(8) }),
    () => ({ ...frame, masked: false }),
    () => ({ ...frame, lengthBits: 64 }),
    () => ({ ...frame, lengthBits: 16, statedLength: length & 0xffff }),
    () => ({ ...frame, statedLength: random.below(70_000) }),
    () => ({ ...frame, lengthBits: 64, statedLength: 2 ** (16 + random.below(37)) }),
  ])();
}

function controlFrame(random: Random): Buffer {
  const opcode = random.percent(40) ? opcodes.ping : random.percent(60) ? opcodes.pong : opcodes.close;
  const text = random.bytes(random.below(random.percent(90) ? 124 : 200));
  const payload =
    opcode === opcodes.close && random.percent(80) ? closePayload(random.pick(CODES), text) : text;
  const frame: ClientFrame = { opcode, payload };
  return clientFrame(random.percent(90) ? frame : spoilt(random, frame));
}

function anyCompressed(random: Random, message: () => Buffer): Buffer {
  if (random.percent(10)) return random.pick(bombs);
  const payload = random.percent(90) ? deflated(message()) : message();
  if (random.percent(80)) return payload;
  return payload.subarray(0, random.below(payload.length + 1));
}
