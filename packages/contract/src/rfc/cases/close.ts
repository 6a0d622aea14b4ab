import { clientFrame, closePayload, opcodes } from '../../suite/client-frame.ts';
import { type FrameCase, failsOtherwise } from '../rfc-case.ts';

const close = (payload: Uint8Array) => clientFrame({ opcode: opcodes.close, payload });

type Given = Pick<FrameCase, 'name' | 'send' | 'wants'> & Partial<FrameCase>;
const ends = (given: Given): FrameCase => ({
  kind: 'frames',
  rule: 'closing',
  fence: 'end',
  ...given,
});

const valid = (code: number, autobahn?: string): FrameCase =>
  ends({
    name: `close ${code}`,
    rule: 'closeCodes',
    ...(autobahn && { autobahn }),
    send: () => [close(closePayload(code))],
    wants: [`close ${code}`],
    tolerates: [failsOtherwise],
  });

const invalid = (code: number, autobahn: string): FrameCase =>
  ends({
    name: `close ${code}, which no endpoint may send`,
    rule: 'closeCodesForbidden',
    autobahn,
    send: () => [close(closePayload(code))],
    wants: ['close 1002'],
    tolerates: [failsOtherwise],
  });

/** Above 4999 the RFC says nothing: to refuse and to echo are both right. */
const undefinedCode = (code: number, autobahn: string): FrameCase => ({
  ...invalid(code, autobahn),
  name: `close ${code}, above all that is defined`,
  wants: ['close 1002', `close ${code}`, 'close 1000', 'close 1005'],
});

const after = (name: string, autobahn: string, frame: Buffer): FrameCase =>
  ends({
    name: `${name} after a close`,
    rule: 'afterClose',
    autobahn,
    send: () => [Buffer.concat([close(closePayload(1000)), frame])],
    wants: ['close 1000'],
  });

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const REGISTERED = [1012, 1013, 1014];
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

/** The closing handshake and close codes (RFC 6455 sections 5.5.1 and 7.4). */
export const closeCases: readonly FrameCase[] = [
  ends({
    name: 'a text, its echo, and a close',
    autobahn: '7.1.1',
    first: 'before',
    send: () => [close(closePayload(1000))],
    wants: ['close 1000'],
  }),
  after('another close', '7.1.2', close(closePayload(1000))),
  after('a ping', '7.1.3', clientFrame({ opcode: opcodes.ping, payload: 'late' })),
  after('a text', '7.1.4', clientFrame({ opcode: opcodes.text, payload: 'late' })),
  ends({
    name: 'a close without a payload',
    autobahn: '7.3.1',
    send: () => [close(Buffer.alloc(0))],
    wants: ['close 1005', 'close 1000'],
  }),
  ends({
    name: 'a close with a payload of 1 byte',
    rule: 'closePayload',
    autobahn: '7.3.2',
    send: () => [close(Buffer.from([3]))],
    wants: ['close 1002'],
    tolerates: [failsOtherwise],
  }),
  ends({
    name: 'a close with a reason',
    autobahn: '7.3.4',
    send: () => [close(closePayload(1000, 'bye'))],
    wants: ['close 1000'],
    tolerates: [failsOtherwise],
  }),
  ends({
    name: 'a close with a reason of 123 bytes',
    autobahn: '7.3.5',
    send: () => [close(closePayload(1000, 'x'.repeat(123)))],
    wants: ['close 1000'],
    tolerates: [failsOtherwise],
  }),
  ends({
    name: 'a close with a reason of 124 bytes',
    rule: 'controlLength',
    autobahn: '7.3.6',
    send: () => [close(closePayload(1000, 'x'.repeat(124)))],
    wants: ['close 1002'],
    tolerates: [failsOtherwise],
  }),
  ends({
    name: 'a close whose reason is not UTF-8',
    rule: 'closePayload',
    autobahn: '7.5.1',
    send: () => [close(closePayload(1000, Buffer.from([0xce, 0xba, 0xe1, 0xbd])))],
    wants: ['close 1007', 'close 1002'],
    tolerates: [failsOtherwise],
  }),
  ends({
    name: 'a close while a message is open',
    rule: 'afterClose',
    autobahn: '7.1.5',
    send: (peer) => [
      clientFrame({ opcode: opcodes.text, fin: false, payload: peer.textPayload('open') }),
      close(closePayload(1000)),
      clientFrame({ opcode: opcodes.continuation, payload: 'late' }),
    ],
    wants: ['close 1000'],
  }),
  ...VALID.map((code, i) => valid(code, `7.7.${i + 1}`)),
  ...REGISTERED.map((code) => valid(code)),
  ...INVALID.map((code, i) => invalid(code, `7.9.${i + 1}`)),
  undefinedCode(5000, '7.13.1'),
  undefinedCode(65_535, '7.13.2'),
];
