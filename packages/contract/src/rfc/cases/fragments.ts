import { clientFrame, opcodes } from '../../suite/client-frame.ts';
import type { Peer } from '../../suite/peer.ts';
import type { FrameCase } from '../rfc-case.ts';
import { chopped, fails, goesOn } from './framing.ts';

const TEXT = 'fragment one, fragment two';
const ping = clientFrame({ opcode: opcodes.ping, payload: 'between' });

const start = (peer: Peer, text = 'start') =>
  clientFrame({ opcode: opcodes.text, fin: false, payload: peer.textPayload(text) });
const continuation = (fin: boolean, payload = 'stray') =>
  clientFrame({ opcode: opcodes.continuation, fin, payload });

const stray = (name: string, autobahn: string | undefined, fin: boolean, first?: string): FrameCase =>
  fails({
    name,
    rule: 'continuation',
    ...(autobahn !== undefined && { autobahn }),
    ...(first !== undefined && { first }),
    send: () => [continuation(fin)],
  });

const strayTwice = (name: string, autobahn: string, fin: boolean): FrameCase =>
  fails({
    name,
    rule: 'continuation',
    autobahn,
    send: (peer) => {
      const once = [continuation(fin), peer.encode(TEXT, { cuts: [12] })];
      return [Buffer.concat([...once, ...once])];
    },
    echoes: [TEXT, TEXT],
  });

const empty = (name: string, autobahn: string, cuts: readonly number[], text: string): FrameCase =>
  goesOn({
    name,
    rule: 'fragments',
    autobahn,
    send: (peer) => [peer.encode(text, { cuts })],
    echoes: [text],
  });

/** Fragmentation (RFC 6455 section 5.4). */
export const fragmentCases: readonly FrameCase[] = [
  goesOn({
    name: 'a text in two fragments',
    rule: 'fragments',
    autobahn: '5.3',
    send: (peer) => [peer.encode(TEXT, { cuts: [12] })],
    echoes: [TEXT],
  }),
  goesOn({
    name: 'a text in two fragments, byte by byte',
    rule: 'fragments',
    autobahn: '5.5',
    send: (peer) => chopped(peer.encode(TEXT, { cuts: [12] }), 1),
    echoes: [TEXT],
  }),
  goesOn({
    name: 'a text in two fragments with a ping between',
    rule: 'interleaved',
    autobahn: '5.6',
    send: (peer) => [peer.encode(TEXT, { cuts: [12], pingBetween: 'between' })],
    echoes: [TEXT],
    wants: ['pong, echo'],
  }),
  goesOn({
    name: 'a text in five fragments with pings between, byte by byte',
    rule: 'interleaved',
    send: (peer) => chopped(peer.encode(TEXT, { cuts: [5, 10, 15, 20], pingBetween: 'between' }), 1),
    echoes: [TEXT],
    wants: ['4 pongs, echo'],
  }),
  goesOn({
    name: 'a binary message in three fragments',
    rule: 'fragments',
    send: (peer) => [peer.encode(Buffer.from(TEXT), { binary: true, cuts: [5, 10] })],
    echoes: [Buffer.from(TEXT)],
  }),
  goesOn({
    name: 'a text in a hundred fragments of one byte',
    rule: 'fragments',
    send: (peer) => [peer.encode('x'.repeat(100), { cuts: Array.from({ length: 99 }, (_, i) => i + 1) })],
    echoes: ['x'.repeat(100)],
  }),
  empty('empty fragments, and nothing else', '6.1.2', [0, 0], ''),
  empty('empty fragments around a text', '6.1.3', [0, TEXT.length], TEXT),
  stray('a continuation of nothing, with FIN', '5.9', true),
  stray('a continuation of nothing, without FIN', '5.12', false),
  stray('a continuation after a message that is whole, with FIN', undefined, true, TEXT),
  stray('a continuation after a message that is whole, without FIN', undefined, false, TEXT),
  fails({
    name: 'a text in two fragments and a continuation without FIN, in one write',
    rule: 'continuation',
    autobahn: '5.15',
    send: (peer) => [Buffer.concat([peer.encode(TEXT, { cuts: [12] }), continuation(false)])],
    echoes: [TEXT],
    wants: ['echo, close 1002'],
    tolerates: [/^(echo, )?(dropped|close 1002)$/],
  }),
  strayTwice('a continuation of nothing, without FIN, before fragments, twice', '5.16', false),
  strayTwice('a continuation of nothing, with FIN, before fragments, twice', '5.17', true),
  fails({
    name: 'a text while another is open',
    rule: 'nesting',
    autobahn: '5.18',
    send: (peer) => [start(peer), peer.encode('another')],
    fence: 'ping',
  }),
  fails({
    name: 'a binary frame while a text is open',
    rule: 'nesting',
    send: (peer) => [start(peer), clientFrame({ opcode: opcodes.binary, payload: 'another' })],
    fence: 'ping',
  }),
  {
    kind: 'frames',
    name: 'a message that is never finished, and a ping',
    rule: 'interleaved',
    send: (peer) => [start(peer), ping],
    fence: 'ping',
    wants: ['pong'],
  },
];
