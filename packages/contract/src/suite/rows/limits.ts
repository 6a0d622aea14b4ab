import { createHash } from 'node:crypto';
import { parseConfig } from '@ws-arena/config/parse-config';
import { clientFrame, opcodes, rsv } from '../client-frame.ts';
import type { Fleet } from '../fleet.ts';
import { Peer, type SendOptions } from '../peer.ts';
import { type Row, row } from '../row.ts';
import { compressed } from './deflate.ts';
import { echoed, pattern } from './echo.ts';

const LIMIT_BYTES = parseConfig().readLimitBytes;

type Make = (bytes: number) => Buffer;

const letters: Make = (bytes) => Buffer.from(pattern(bytes));
const sevens: Make = (bytes) => Buffer.alloc(bytes, 7);
/** Bytes that do not compress, the same each time. */
const noise: Make = (bytes) => createHash('shake128', { outputLength: bytes }).update('noise').digest();

/** How a message of the read limit is sent, and on which server. */
interface Kind extends SendOptions {
  readonly make: Make;
  readonly config: 'limits' | 'limits-deflate';
}

/** What a message of `limit + extra` bytes meets: `passes`, or the code that ends the connection. */
async function meets(fleet: Fleet, extra: number, { make, config, ...options }: Kind): Promise<string> {
  const server = await fleet.server(config);
  const overhead = fleet.target.capabilities.readLimitOverheadBytes;
  const bytes = server.config.readLimitBytes - overhead[options.binary ? 'binary' : 'text'] + extra;
  const data = make(bytes);
  const peer = await Peer.open(server, config === 'limits-deflate' ? { offer: 'permessage-deflate' } : {});
  peer.say(data, options);
  // Behind a message that ends the connection nothing is heard any more.
  if (extra > 0) peer.say('late');
  await peer.raw.until('an echo or the end', () => peer.messages.length > 0 || peer.raw.ended);
  if (peer.messages.length === 0) return String((await peer.end()).code);
  const seen = echoed(peer.messages[0]!, data, options.binary ?? false);
  peer.raw.destroy();
  return seen === 'byte for byte' ? 'passes' : seen;
}

const pair = (what: string, kind: Kind): readonly Row[] =>
  kind.config === 'limits-deflate' ? plainPair(what, kind).map(compressed) : plainPair(what, kind);

const plainPair = (what: string, kind: Kind): readonly Row[] => [
  row(
    'readLimitBytes',
    `${what} of exactly the limit`,
    (c) => (c.countsWireBytes && kind.compressed && kind.make === noise ? String(c.overLimitCode) : 'passes'),
    (fleet) => meets(fleet, 0, kind),
  ),
  row(
    'readLimitBytes',
    `${what} of one byte more`,
    (c) => String(c.overLimitCode),
    (fleet) => meets(fleet, 1, kind),
  ),
];

const half = LIMIT_BYTES / 2;
/** Where a message is cut to stand in fragments of one byte, as far as it is known how long it is on every target. */
const everyByte = Array.from({ length: LIMIT_BYTES - 100 }, (_, i) => i + 1);
const off = 'limits';
const on = 'limits-deflate';

/** Empty stored blocks (RFC 7692 section 7.2.3.3): as many bytes on the wire as one likes, and nothing after inflation. */
async function inflatesToNothing(fleet: Fleet): Promise<string> {
  const server = await fleet.server(on);
  const peer = await Peer.open(server, { offer: 'permessage-deflate' });
  const payload = Buffer.alloc(16 * LIMIT_BYTES, Buffer.from([0, 0, 0, 0xff, 0xff]));
  peer.raw.send(clientFrame({ opcode: opcodes.binary, rsv: rsv.one, payload }));
  await peer.raw.until('an echo or the end', () => peer.messages.length > 0 || peer.raw.ended);
  peer.raw.destroy();
  const [echo] = peer.messages;
  return echo ? `an echo of ${echo.data.length} bytes` : 'ended, nothing echoed';
}

/** What one byte in the first frame, and `LIMIT_BYTES` frames with nothing behind it, meet. */
async function emptyFragments(fleet: Fleet): Promise<string> {
  const peer = await Peer.open(await fleet.server(off));
  const cuts = Array.from({ length: LIMIT_BYTES }, () => 1);
  peer.say('x', { cuts });
  await peer.raw.until('an echo or the end', () => peer.messages.length > 0 || peer.raw.ended);
  peer.raw.destroy();
  return peer.messages.length > 0 ? 'passes' : String(peer.closeCode);
}

/** readLimitBytes: exact to the byte, for one frame, for fragments, and after inflation alone. */
export const limitRows: readonly Row[] = [
  ...pair('one text frame', { make: letters, config: off }),
  ...pair('one binary frame', { make: sevens, config: off, binary: true }),
  ...pair('fragments', { make: letters, config: off, cuts: [100, half] }),
  ...pair('one-byte fragments', { make: letters, config: off, cuts: everyByte }),
  row(
    'readLimitBytes',
    'one byte, and as many empty fragments as the limit has bytes',
    (c) => (c.countsFragments ? '1008' : 'passes'),
    emptyFragments,
  ),
  ...pair('an uncompressed message where deflate is agreed', { make: noise, config: on, binary: true }),
  ...pair('a compressed message that inflates to a size', { make: letters, config: on, compressed: true }),
  ...pair('a compressed message that does not compress, and inflates to a size', {
    make: noise,
    config: on,
    binary: true,
    compressed: true,
  }),
  ...pair('compressed fragments that do not compress, and inflate to a size', {
    make: noise,
    config: on,
    binary: true,
    compressed: true,
    cuts: [100, half],
  }),
  row('readLimitBytes', 'sixteen times the limit', 'ended, nothing echoed', async (fleet) => {
    const seen = await meets(fleet, 15 * LIMIT_BYTES, { make: sevens, config: off, binary: true });
    return seen === '1009' || seen === '1006' ? 'ended, nothing echoed' : seen;
  }),
  compressed(
    row(
      'readLimitBytes',
      'sixteen times the limit on the wire that inflates to nothing',
      (c) => (c.limitsWireBytes ? 'ended, nothing echoed' : 'an echo of 0 bytes'),
      inflatesToNothing,
    ),
  ),
];
