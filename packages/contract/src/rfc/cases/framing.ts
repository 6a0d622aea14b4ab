import { clientFrame, opcodes, rsv } from '../../suite/client-frame.ts';
import { pattern } from '../../suite/rows/echo.ts';
import { type FrameCase, failsOtherwise } from '../rfc-case.ts';

/** What a case must say itself. */
export type Given = Pick<FrameCase, 'name' | 'rule' | 'send'> & Partial<FrameCase>;

/** A case whose connection goes on: it answers one more text afterwards. */
export const goesOn = (given: Given): FrameCase => ({
  kind: 'frames',
  fence: 'text',
  wants: ['echo'],
  ...given,
});

/** A case that must end the connection with 1002 (RFC 6455 section 7.4.1); to end it in other words is safe too. */
export const fails = (given: Given): FrameCase => ({
  kind: 'frames',
  fence: 'text',
  wants: ['close 1002'],
  tolerates: [failsOtherwise],
  ...given,
});

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536];

const sizes = SIZES.flatMap((bytes, i) => {
  const text = pattern(bytes);
  const binary = Buffer.alloc(bytes, 0xfe);
  return [
    goesOn({
      name: `text of ${bytes} bytes`,
      rule: 'lengths',
      autobahn: `1.1.${i + 1}`,
      send: (peer) => [peer.encode(text)],
      echoes: [text],
    }),
    goesOn({
      name: `binary of ${bytes} bytes`,
      rule: 'lengths',
      autobahn: `1.2.${i + 1}`,
      send: (peer) => [peer.encode(binary, { binary: true })],
      echoes: [binary],
    }),
  ];
});

const longLength = (lengthBits: 16 | 64): FrameCase =>
  fails({
    name: `a short length in ${lengthBits} bits`,
    rule: 'lengths',
    send: (peer) => [clientFrame({ opcode: opcodes.text, payload: peer.textPayload('short'), lengthBits })],
    echoes: ['short'],
    // That it be short binds who sends; of who receives the RFC says nothing.
    wants: ['echo', 'close 1002'],
  });

/**
 * A frame that is not masked, and four bytes behind it. Who takes the first four bytes of its payload for the mask (they
 * are zeros, which mask nothing) takes those four for its end, and goes on as if nothing were wrong; it is seen to.
 */
const unmasked = (what: string, opcode: number): FrameCase =>
  fails({
    name: `${what} without a mask`,
    rule: 'masking',
    send: (peer) => {
      const said = opcode === opcodes.text ? peer.textPayload('not masked') : Buffer.from('not masked');
      const payload = Buffer.concat([Buffer.alloc(4), said]);
      return [Buffer.concat([clientFrame({ opcode, payload, masked: false }), Buffer.from('    ')])];
    },
  });

/** A frame head that states 2^63 bytes and more. */
const topBit = Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]);

const lengths: readonly FrameCase[] = [
  longLength(16),
  longLength(64),
  fails({
    name: 'a length of 64 bits with its highest bit set',
    rule: 'limit',
    send: () => [topBit],
    fence: 'end',
    wants: ['close 1002', 'close 1009'],
  }),
  fails({
    name: 'the head of a frame of 2 GiB, and no more',
    rule: 'limit',
    send: () => [clientFrame({ opcode: opcodes.binary, statedLength: 2 ** 31, lengthBits: 64 })],
    fence: 'end',
    wants: ['close 1009'],
  }),
  unmasked('a text frame', opcodes.text),
  unmasked('a ping', opcodes.ping),
];

const reservedBit = (name: string, bits: number, opcode: number, autobahn: string): FrameCase =>
  fails({
    name: `${name} that nobody agreed on`,
    rule: 'reservedBits',
    autobahn,
    send: (peer) => {
      const payload = opcode === opcodes.text ? peer.textPayload('reserved') : 'reserved';
      return [
        clientFrame({ opcode, rsv: bits, payload: opcode === opcodes.close ? '\u0003\u00e8' : payload }),
      ];
    },
    echoes: ['reserved'],
    ...(opcode === opcodes.close && { fence: 'end' as const }),
  });

const reservedBits: readonly FrameCase[] = [
  reservedBit('RSV3 on a text', rsv.three, opcodes.text, '3.1'),
  reservedBit('RSV2 on a text', rsv.two, opcodes.text, '3.2'),
  reservedBit('RSV2 and RSV3 on a text', rsv.two | rsv.three, opcodes.text, '3.3'),
  reservedBit('RSV1 on a text', rsv.one, opcodes.text, '3.4'),
  reservedBit('RSV1 and RSV2 on a ping', rsv.one | rsv.two, opcodes.ping, '3.6'),
];

const reservedOpcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode, i) =>
  fails({
    name: `reserved opcode ${opcode}`,
    rule: 'reservedOpcodes',
    autobahn: i < 5 ? `4.1.${i + 1}` : `4.2.${i - 4}`,
    send: () => [clientFrame({ opcode, payload: i % 2 === 0 ? '' : 'reserved' })],
  }),
);

/** Frames: lengths, masks, reserved bits and opcodes (RFC 6455 section 5.2). */
export const framingCases: readonly FrameCase[] = [
  ...sizes,
  goesOn({
    name: 'text of 65536 bytes, in writes of 997',
    rule: 'lengths',
    autobahn: '1.1.8',
    send: (peer) => chopped(peer.encode(pattern(65_536)), 997),
    echoes: [pattern(65_536)],
  }),
  ...lengths,
  ...reservedBits,
  ...reservedOpcodes,
];

/** `bytes` in pieces of `size`. */
export function chopped(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
