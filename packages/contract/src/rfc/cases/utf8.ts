import { clientFrame, opcodes } from '../../suite/client-frame.ts';
import type { FrameCase } from '../rfc-case.ts';
import { fails, goesOn } from './framing.ts';

const good = (autobahn: string, hex: string, plainOnly = false): FrameCase => {
  const bytes = Buffer.from(hex, 'hex');
  return goesOn({
    name: `UTF-8 ${hex}`,
    rule: 'utf8',
    autobahn,
    send: (peer) => [peer.encode(bytes)],
    echoes: [bytes.toString()],
    ...(plainOnly && { plainOnly }),
  });
};

const bad = (autobahn: string, hex: string, name = `not UTF-8: ${hex}`): FrameCase =>
  fails({
    name,
    rule: 'notUtf8',
    autobahn,
    send: (peer) => [peer.encode(Buffer.from(hex, 'hex'))],
    wants: ['close 1007'],
  });

const numbered = (group: string, make: typeof good | typeof bad, ...texts: readonly string[]): FrameCase[] =>
  texts.map((hex, i) => make(`${group}.${i + 1}`, hex));

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const lonely = (from: number, to: number) =>
  range(from, to)
    .map((byte) => `${byte.toString(16)}20`)
    .join('');

const TRUNCATED = 'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf'.split(' ');
/** The last two code points of each plane from the second on, as 6.22 counts them. */
const NON_CHARACTERS = ['f0', 'f1', 'f2', 'f3', 'f4']
  .flatMap((first) => ['8f', '9f', 'af', 'bf'].map((second) => first + second))
  .filter((head) => head !== 'f08f' && !/^f4[9ab]/.test(head))
  .flatMap((head) => [`${head}bfbe`, `${head}bfbf`]);
const GREEK = 'cebae1bdb9cf83cebcceb5';
const INVALID_IN_THE_MIDDLE = `${GREEK}eda080656469746564`;

/** Which prefixes of `GREEK` end with a whole character, by length in bytes. */
const WHOLE = new Set([2, 5, 7, 9, 11]);
const prefixes = range(1, 11).map((bytes) => {
  const hex = GREEK.slice(0, 2 * bytes);
  const autobahn = `6.6.${bytes}`;
  return WHOLE.has(bytes) ? good(autobahn, hex) : bad(autobahn, hex);
});

/** UTF-8 in text messages, after Markus Kuhn's stress test as Autobahn's section 6 has it. */
export const utf8Cases: readonly FrameCase[] = [
  {
    ...bad('6.3.2', INVALID_IN_THE_MIDDLE, 'not UTF-8 in the middle, each byte a fragment'),
    send: (peer) => {
      const bytes = Buffer.from(INVALID_IN_THE_MIDDLE, 'hex');
      return [peer.encode(bytes, { cuts: range(1, bytes.length - 1) })];
    },
  },
  {
    // Nothing says that a server must look before the message is whole: then it answers the ping first.
    ...bad('6.4.1', '', 'not UTF-8 in the second of three fragments, and a ping before the third'),
    send: (peer) => {
      const [before, after] = peer.textPayload('|').toString().split('|') as [string, string];
      const fragment = (opcode: number, payload: Buffer, fin = false) =>
        clientFrame({ opcode, fin, payload });
      return [
        fragment(opcodes.text, Buffer.concat([Buffer.from(before), Buffer.from(GREEK, 'hex')])),
        fragment(opcodes.continuation, Buffer.from('f4908080', 'hex')),
        clientFrame({ opcode: opcodes.ping }),
        fragment(opcodes.continuation, Buffer.from(`edited${after}`), true),
      ];
    },
    wants: ['close 1007', 'pong, close 1007'],
    tolerates: [/^(pong, )?(dropped|close 10\d\d)$/],
  },
  ...prefixes,
  good('6.7.1', '00', true),
  ...['c280', 'e0a080', 'f0908080'].map((hex, i) => good(`6.7.${i + 2}`, hex)),
  ...numbered('6.8', bad, 'f888808080', 'fc8480808080'),
  ...numbered('6.9', good, '7f', 'dfbf', 'efbfbf', 'f48fbfbf'),
  ...numbered('6.10', bad, 'f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'),
  ...numbered('6.11', good, 'ed9fbf', 'ee8080', 'efbfbd'),
  bad('6.11.5', 'f4908080'),
  ...numbered('6.12', bad, '80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf'),
  bad(
    '6.12.8',
    range(0x80, 0xbf)
      .map((byte) => byte.toString(16))
      .join(''),
    'not UTF-8: 80 to bf',
  ),
  bad('6.13.1', lonely(0xc0, 0xdf), 'not UTF-8: c0 to df, each before a space'),
  bad('6.13.2', lonely(0xe0, 0xef), 'not UTF-8: e0 to ef, each before a space'),
  bad('6.13.3', lonely(0xf0, 0xf7), 'not UTF-8: f0 to f7, each before a space'),
  bad('6.13.4', lonely(0xf8, 0xfb), 'not UTF-8: f8 to fb, each before a space'),
  bad('6.13.5', lonely(0xfc, 0xfd), 'not UTF-8: fc and fd, each before a space'),
  ...numbered('6.14', bad, ...TRUNCATED),
  bad('6.15.1', TRUNCATED.join(''), 'not UTF-8: all that 6.14 cuts short, in a row'),
  ...numbered('6.16', bad, 'fe', 'ff', 'fefeffff'),
  ...numbered('6.17', bad, 'c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'),
  ...numbered('6.18', bad, 'c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'),
  ...numbered('6.19', bad, 'c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'),
  ...numbered('6.20', bad, 'eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'),
  ...numbered(
    '6.21',
    bad,
    ...['eda080', 'edadbf', 'edae80', 'edafbf'].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
  ),
  good('6.22.1', 'efbfbe'),
  // 6.22.2 and 6.22.34 are 6.9.3 and 6.9.4.
  ...NON_CHARACTERS.slice(0, -1).map((hex, i) => good(`6.22.${i + 3}`, hex)),
  ...numbered('6.23', good, 'efbfb9', 'efbfba', 'efbfbb', 'efbfbc'),
];
