import { clientFrame, closePayload, opcodes } from '../../suite/client-frame.ts';
import type { FrameCase } from '../rfc-case.ts';
import { chopped, fails, goesOn } from './framing.ts';

const ping = (payload: string | Uint8Array = '') => clientFrame({ opcode: opcodes.ping, payload });
const pong = (payload: string | Uint8Array = '') => clientFrame({ opcode: opcodes.pong, payload });

const answered = (name: string, autobahn: string, writes: readonly Buffer[], pongs = 1): FrameCase =>
  goesOn({
    name,
    rule: 'ping',
    autobahn,
    send: () => writes,
    wants: [pongs === 1 ? 'pong' : `${pongs} pongs`],
  });

const ignored = (name: string, autobahn: string, frame: Buffer): FrameCase =>
  goesOn({ name, rule: 'pong', autobahn, send: () => [frame], wants: ['ignored'] });

const fragmented = (what: string, opcode: number, autobahn?: string): FrameCase =>
  fails({
    name: `a ${what} in two fragments`,
    rule: 'controlWhole',
    ...(autobahn && { autobahn }),
    send: () => [
      clientFrame({ opcode, fin: false, payload: opcode === opcodes.close ? closePayload(1000) : 'frag' }),
      clientFrame({ opcode: opcodes.continuation, payload: 'ment' }),
    ],
    ...(opcode === opcodes.close && { fence: 'end' as const }),
  });

const tens = Array.from({ length: 10 }, (_, i) => ping(`ping ${i}`));

/** Pings and pongs (RFC 6455 section 5.5). */
export const controlCases: readonly FrameCase[] = [
  answered('an empty ping', '2.1', [ping()]),
  answered('a ping with a payload', '2.2', [ping('Hello')]),
  answered('a ping whose payload is not UTF-8', '2.3', [ping(Buffer.from([0, 0xff, 0xfe, 0xfd, 0]))]),
  answered('a ping of 125 bytes', '2.4', [ping(Buffer.alloc(125, 0xfe))]),
  fails({
    name: 'a ping of 126 bytes',
    rule: 'controlLength',
    autobahn: '2.5',
    send: () => [ping(Buffer.alloc(126, 0xfe))],
  }),
  answered('a ping of 125 bytes, byte by byte', '2.6', chopped(ping(Buffer.alloc(125, 0xfe)), 1)),
  ignored('an empty pong that nobody asked for', '2.7', pong()),
  ignored('a pong with a payload that nobody asked for', '2.8', pong('unsolicited')),
  answered('a pong that nobody asked for, and a ping', '2.9', [pong('unsolicited'), ping('asked')]),
  answered('ten pings', '2.10', tens, 10),
  answered('ten pings, byte by byte', '2.11', chopped(Buffer.concat(tens), 1), 10),
  fails({
    name: 'a pong of 126 bytes',
    rule: 'controlLength',
    send: () => [pong(Buffer.alloc(126, 0xfe))],
  }),
  fragmented('ping', opcodes.ping, '5.1'),
  fragmented('pong', opcodes.pong, '5.2'),
  fragmented('close', opcodes.close),
];
