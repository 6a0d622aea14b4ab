import { clientFrame, opcodes } from '../client-frame.ts';
import type { Fleet } from '../fleet.ts';
import { type Message, Peer, type SendOptions } from '../peer.ts';
import { type Row, row } from '../row.ts';

/** `bytes` letters and digits, the same each time, none of which JSON escapes. */
export function pattern(bytes: number): string {
  return 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(Math.ceil(bytes / 36)).slice(0, bytes);
}

/** `byte for byte`, or how the echo differs from what was sent. */
export function echoed(message: Message, data: string | Buffer, binary: boolean): string {
  const sent = Buffer.from(data);
  if (message.binary !== binary) return `${binary ? 'binary' : 'text'} came back as the other`;
  if (message.data.equals(sent)) return 'byte for byte';
  return `${sent.length} bytes came back as ${message.data.length} bytes that differ`;
}

async function echoOf(fleet: Fleet, data: string | Buffer, options: SendOptions = {}): Promise<string> {
  const peer = await Peer.open(await fleet.server('base'));
  peer.say(data, options);
  const seen = echoed(await peer.message(1), data, options.binary ?? false);
  peer.raw.destroy();
  return seen;
}

const BYTEWISE = 'byte for byte';

const sizeRow = (bytes: number, binary: boolean): Row =>
  row('echo', `${binary ? 'binary' : 'text'} of ${bytes} bytes`, BYTEWISE, (fleet) => {
    const data = binary ? Buffer.from(Array.from({ length: bytes }, (_, i) => i & 255)) : pattern(bytes);
    return echoOf(fleet, data, { binary });
  });

const MULTIBYTE = 'κόσμε, 世界, 🌍!';

/** echo: what goes in comes out, however it is framed. */
export const echoRows: readonly Row[] = [
  ...[0, 125, 126, 127, 65_535, 65_536].flatMap((bytes) => [sizeRow(bytes, false), sizeRow(bytes, true)]),
  row('echo', 'fragments with pings between them', 'byte for byte, each ping answered', async (fleet) => {
    const peer = await Peer.open(await fleet.server('base'));
    const data = pattern(3000);
    peer.say(data, { cuts: [1, 1, 1000, 2999], pingBetween: 'between' });
    const seen = echoed(await peer.message(1), data, false);
    const answered = peer.pongs.filter((pong) => pong.payload.toString() === 'between').length;
    peer.raw.destroy();
    return `${seen}, ${answered === 4 ? 'each ping answered' : `${answered} of 4 pings answered`}`;
  }),
  row('echo', 'multi-byte text split inside its characters', BYTEWISE, (fleet) => {
    const cuts = Array.from({ length: Buffer.byteLength(MULTIBYTE) - 1 }, (_, i) => i + 1);
    return echoOf(fleet, MULTIBYTE, { cuts });
  }),
  row('echo', 'one byte of TCP at a time', BYTEWISE, async (fleet) => {
    const peer = await Peer.open(await fleet.server('base'));
    for (const byte of peer.encode(MULTIBYTE)) peer.raw.send(Uint8Array.of(byte));
    const seen = echoed(await peer.message(1), MULTIBYTE, false);
    peer.raw.destroy();
    return seen;
  }),
  row('echo', '1,000 messages in one write come back in order', 'all, in order', async (fleet) => {
    const peer = await Peer.open(await fleet.server('base'));
    peer.raw.send(Buffer.concat(Array.from({ length: 1000 }, (_, i) => peer.encode(`m${i}`))));
    await peer.message(1000);
    const wrong = peer.messages.findIndex((message, i) => message.data.toString() !== `m${i}`);
    peer.raw.destroy();
    return wrong < 0 ? 'all, in order' : `message ${wrong} is out of place`;
  }),
  row('echo', 'a close of 1000 is answered with 1000, and TCP ends', '1000', async (fleet) => {
    const peer = await Peer.open(await fleet.server('base'));
    peer.raw.send(clientFrame({ opcode: opcodes.ping, payload: 'last' }));
    peer.close();
    return String((await peer.end()).code);
  }),
];
