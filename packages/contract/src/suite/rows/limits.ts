import { parseConfig } from '@ws-arena/config/parse-config';
import type { Capabilities } from '../../capabilities.ts';
import type { Fleet } from '../fleet.ts';
import { Peer, type SendOptions } from '../peer.ts';
import type { Row } from '../row.ts';
import { echoed, pattern } from './echo.ts';

const LIMIT_BYTES = parseConfig().readLimitBytes;

/** What a message of `limit + extra` bytes meets: `passes`, or the code that ends the connection. */
async function meets(fleet: Fleet, extra: number, options: SendOptions): Promise<string> {
  const server = await fleet.server('limits');
  const overhead = fleet.target.capabilities.readLimitOverheadBytes;
  const bytes = server.config.readLimitBytes - overhead[options.binary ? 'binary' : 'text'] + extra;
  const data = options.binary ? Buffer.alloc(bytes, 7) : pattern(bytes);
  const peer = await Peer.open(server, options.compressed ? { offer: 'permessage-deflate' } : {});
  peer.say(data, options);
  await peer.raw.until('an echo or the end', () => peer.messages.length > 0 || peer.raw.ended);
  if (peer.messages.length === 0) return String((await peer.end()).code);
  const seen = echoed(peer.messages[0]!, data, options.binary ?? false);
  peer.raw.destroy();
  return seen === 'byte for byte' ? 'passes' : seen;
}

const passes = () => 'passes';

const pair = (what: string, options: SendOptions): readonly Row[] => [
  {
    about: 'readLimitBytes',
    name: `${what} of exactly the limit`,
    expected: passes,
    run: (fleet) => meets(fleet, 0, options),
  },
  {
    about: 'readLimitBytes',
    name: `${what} of one byte more`,
    expected: (c: Capabilities) => String(c.overLimitCode),
    run: (fleet) => meets(fleet, 1, options),
  },
];

const half = LIMIT_BYTES / 2;

/** readLimitBytes: exact to the byte, for one frame, for fragments, and after inflation. */
export const limitRows: readonly Row[] = [
  ...pair('one text frame', {}),
  ...pair('one binary frame', { binary: true }),
  ...pair('fragments', { cuts: [100, half] }),
  ...pair('a compressed message that inflates to a size', { compressed: true }),
  {
    about: 'readLimitBytes',
    name: 'sixteen times the limit',
    expected: () => 'ended, nothing echoed',
    run: async (fleet) => {
      const seen = await meets(fleet, 15 * LIMIT_BYTES, { binary: true });
      return seen === '1009' || seen === '1006' ? 'ended, nothing echoed' : seen;
    },
  },
];
