import { constants, deflateRawSync } from 'node:zlib';
import { clientFrame, opcodes, rsv } from '../../suite/client-frame.ts';
import { deflated } from '../../suite/message-deflate.ts';
import type { Peer } from '../../suite/peer.ts';
import type { FrameCase } from '../rfc-case.ts';
import { fails, type Given, goesOn } from './framing.ts';

const OFFER = 'permessage-deflate; client_max_window_bits';
const TEXT = 'compressed, compressed, compressed, compressed';

const compressedText = (payload: Uint8Array, fin = true) =>
  clientFrame({ opcode: opcodes.text, rsv: rsv.one, fin, payload });
const continuation = (payload: Uint8Array, bits = 0) =>
  clientFrame({ opcode: opcodes.continuation, rsv: bits, payload });

const inflates = (given: Given): FrameCase => goesOn({ offer: OFFER, echoes: [TEXT], ...given });
const breaks = (given: Given): FrameCase => fails({ offer: OFFER, ...given });

/** Data that inflate cannot read: a block of the reserved type 3. */
const CORRUPT = Buffer.from([0x07, 0xff, 0xff, 0xff]);

const halves = (peer: Peer) => {
  const payload = deflated(peer.textPayload(TEXT));
  return [payload.subarray(0, 10), payload.subarray(10)] as const;
};

/** The same text again, as references to a window that both sides agreed to forget. */
function referring(peer: Peer): Buffer {
  const data = peer.textPayload(TEXT);
  return deflated(data, { dictionary: data });
}

/** Compressed messages (RFC 7692 sections 6 and 7.2). */
export const deflateCases: readonly FrameCase[] = [
  inflates({
    name: 'deflate: a compressed text',
    rule: 'inflate',
    send: (peer) => [compressedText(deflated(peer.textPayload(TEXT)))],
  }),
  inflates({
    name: 'deflate: a text that is not compressed',
    rule: 'inflate',
    send: (peer) => [peer.encode(TEXT)],
  }),
  inflates({
    name: 'deflate: an empty text',
    rule: 'inflate',
    send: (peer) => [compressedText(deflated(peer.textPayload('')))],
    echoes: [''],
  }),
  inflates({
    name: 'deflate: stored blocks',
    rule: 'inflate',
    send: (peer) => [compressedText(deflated(peer.textPayload(TEXT), { level: 0 }))],
  }),
  inflates({
    name: 'deflate: a last block with BFINAL set',
    rule: 'inflate',
    send: (peer) => [compressedText(Buffer.concat([deflateRawSync(peer.textPayload(TEXT)), Buffer.of(0)]))],
  }),
  inflates({
    name: 'deflate: several blocks',
    rule: 'inflate',
    send: (peer) => {
      const data = peer.textPayload(TEXT);
      const first = deflateRawSync(data.subarray(0, 20), { finishFlush: constants.Z_SYNC_FLUSH });
      return [compressedText(Buffer.concat([first, deflated(data.subarray(20))]))];
    },
  }),
  inflates({
    name: 'deflate: two fragments',
    rule: 'compressedFragments',
    send: (peer) => {
      const [first, second] = halves(peer);
      return [compressedText(first, false), continuation(second)];
    },
  }),
  inflates({
    name: 'deflate: two fragments and an empty one',
    rule: 'compressedFragments',
    send: (peer) => {
      const [first, second] = halves(peer);
      const rest = clientFrame({ opcode: opcodes.continuation, fin: false, payload: second });
      return [compressedText(first, false), rest, continuation(Buffer.alloc(0))];
    },
  }),
  inflates({
    name: 'deflate: a ping between two fragments',
    rule: 'compressedFragments',
    send: (peer) => {
      const [first, second] = halves(peer);
      const ping = clientFrame({ opcode: opcodes.ping, payload: 'between' });
      return [compressedText(first, false), ping, continuation(second)];
    },
    wants: ['pong, echo'],
  }),
  breaks({
    name: 'deflate: RSV1 on a continuation',
    rule: 'compressedBit',
    send: (peer) => {
      const [first, second] = halves(peer);
      return [compressedText(first, false), continuation(second, rsv.one)];
    },
    echoes: [TEXT],
  }),
  breaks({
    name: 'deflate: RSV1 on a ping',
    rule: 'compressedBit',
    send: () => [clientFrame({ opcode: opcodes.ping, rsv: rsv.one, payload: 'compressed?' })],
    fence: 'ping',
  }),
  breaks({
    name: 'deflate: RSV2 on a compressed text',
    rule: 'reservedBits',
    send: (peer) => [
      clientFrame({
        opcode: opcodes.text,
        rsv: rsv.one | rsv.two,
        payload: deflated(peer.textPayload(TEXT)),
      }),
    ],
    echoes: [TEXT],
  }),
  breaks({
    name: 'deflate: data that is not deflate',
    rule: 'corrupt',
    send: () => [compressedText(CORRUPT)],
    wants: ['close 1007', 'close 1002', 'close 1003'],
  }),
  breaks({
    name: 'deflate: references to a window that was given up',
    rule: 'corrupt',
    first: TEXT,
    send: (peer) => [compressedText(referring(peer))],
    echoes: [TEXT],
    wants: ['close 1007', 'close 1002', 'close 1003'],
  }),
  breaks({
    name: 'deflate: not UTF-8 after inflation',
    rule: 'notUtf8',
    send: (peer) => [compressedText(deflated(peer.textPayload(Buffer.from([0xce, 0xba, 0xff]))))],
    wants: ['close 1007'],
  }),
];
