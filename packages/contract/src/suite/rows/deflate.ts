import { ConfigError } from '@ws-arena/config/config-error';
import type { Capabilities } from '../../capabilities.ts';
import type { Fleet } from '../fleet.ts';
import { Peer, type SendOptions } from '../peer.ts';
import { REFUSED, type Row } from '../row.ts';
import { type ConfigName, THRESHOLD_BYTES } from '../suite-configs.ts';
import { echoed } from './echo.ts';

const OFFER = 'permessage-deflate; client_max_window_bits';

/** Prose of made-up words, the same each time: it compresses, and by more at a higher level. No JSON escapes. */
function prose(bytes: number): string {
  const words: string[] = [];
  let seed = 7;
  for (let length = 0; length < bytes; ) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const word = `${(seed % 977).toString(36)}${['ing', 'er', 'tion', 'ly'][seed % 4]}`;
    words.push(word);
    length += word.length + 1;
  }
  return words.join(' ').slice(0, bytes);
}

const TEXT = prose(16_000);

/** The parameters of the response's extension in alphabetical order; `none` without one. */
function agreed(peer: Peer): string {
  const header = peer.raw.head?.headers['sec-websocket-extensions'];
  if (header === undefined) return 'none';
  const [name, ...parameters] = header.split(';').map((part) => part.trim());
  return [name, ...parameters.sort()].join('; ');
}

async function negotiated(fleet: Fleet, config: ConfigName, offer: string | undefined): Promise<string> {
  const peer = await Peer.open(await fleet.server(config), offer === undefined ? {} : { offer });
  const seen = agreed(peer);
  peer.raw.destroy();
  return seen;
}

/** The echoes of the same text, sent `times` over one connection. */
async function echoes(fleet: Fleet, config: ConfigName, text: string, times: number, how: SendOptions = {}) {
  const peer = await Peer.open(await fleet.server(config), { offer: OFFER });
  for (let n = 1; n <= times; n += 1) {
    peer.say(text, how);
    const message = await peer.message(n);
    const seen = echoed(message, text, false);
    if (seen !== 'byte for byte') throw new Error(`echo ${n} of ${times} on ${config}: ${seen}`);
  }
  peer.raw.destroy();
  return peer.messages;
}

/** `as set` when a message below the threshold comes back uncompressed, and one above it compressed. */
async function threshold(fleet: Fleet, config: ConfigName, query: Record<string, string>): Promise<string> {
  const peer = await Peer.open(await fleet.server(config), { offer: OFFER, query });
  peer.say(TEXT.slice(0, THRESHOLD_BYTES / 2));
  const below = await peer.message(1);
  peer.say(TEXT.slice(0, THRESHOLD_BYTES * 2));
  const above = await peer.message(2);
  peer.raw.destroy();
  if (below.compressed) return 'smaller ones are compressed too';
  return above.compressed ? 'as set' : 'larger ones are not compressed';
}

/** A row about compression, for targets without any too: they refuse the setting. */
export function compressed(row: Row): Row {
  return {
    ...row,
    expected: (c) => (c.deflateLevels.length > 0 ? row.expected(c) : REFUSED),
    run: (fleet) =>
      fleet.target.capabilities.deflateLevels.length > 0 ? row.run(fleet) : orRefused(() => row.run(fleet)),
  };
}

/** What `run` says, or that the server refused the setting with exit code 2 and a sentence. */
export async function orRefused(run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const [, said] = /ended before it was ready \(exit code 2\): (.*)/s.exec((error as Error).message) ?? [];
    if (said === undefined) throw error;
    return /deflate/i.test(said) ? REFUSED : `refused at start: ${said}`;
  }
}

const keepsLevels = (c: Capabilities) => c.deflateLevels.includes(1) && c.deflateLevels.includes(9);
const SERVER_NO_TAKEOVER = 'permessage-deflate; server_no_context_takeover';
const NO_TAKEOVER = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover';

const onRows: readonly Row[] = [
  {
    about: 'deflateLevel',
    name: 'on: without an offer nothing is agreed',
    expected: () => 'none',
    run: (fleet) => negotiated(fleet, 'deflate', undefined),
  },
  {
    about: 'deflateContextTakeover',
    name: 'off: what is agreed',
    expected: () => NO_TAKEOVER,
    run: (fleet) => negotiated(fleet, 'deflate', OFFER),
  },
  {
    about: 'deflateContextTakeover',
    name: 'off: a message sent twice takes the same bytes twice',
    expected: () => 'compressed, the same bytes',
    run: async (fleet) => {
      const [first, second] = await echoes(fleet, 'deflate', TEXT, 2, { compressed: true });
      if (!first!.compressed || first!.wireBytes > TEXT.length / 2) return 'not compressed';
      const { wireBytes } = second!;
      return wireBytes === first!.wireBytes
        ? 'compressed, the same bytes'
        : `compressed, ${first!.wireBytes} B and then ${wireBytes} B`;
    },
  },
  {
    about: 'deflateContextTakeover',
    name: 'on: what is agreed',
    expected: (c) => (c.deflateContextTakeover ? 'permessage-deflate' : REFUSED),
    run: (fleet) => orRefused(() => negotiated(fleet, 'deflate-takeover', 'permessage-deflate')),
  },
  {
    about: 'deflateContextTakeover',
    name: 'on: a client that wants none of the server is granted it',
    expected: (c) => (c.deflateContextTakeover ? SERVER_NO_TAKEOVER : REFUSED),
    run: (fleet) => orRefused(() => negotiated(fleet, 'deflate-takeover', SERVER_NO_TAKEOVER)),
  },
  {
    about: 'deflateContextTakeover',
    name: 'on: a message sent twice takes few bytes the second time',
    expected: (c) => (c.deflateContextTakeover ? 'few bytes' : REFUSED),
    run: (fleet) =>
      orRefused(async () => {
        const [first, second] = await echoes(fleet, 'deflate-takeover', TEXT, 2, { compressed: true });
        const [before, after] = [first!.wireBytes, second!.wireBytes];
        return after < before / 4 ? 'few bytes' : `${before} B and then ${after} B`;
      }),
  },
  {
    about: 'deflateLevel',
    name: 'level 9 takes fewer bytes than level 1',
    expected: (c) => (keepsLevels(c) ? 'fewer' : REFUSED),
    run: (fleet) =>
      orRefused(async () => {
        const [fast] = await echoes(fleet, 'deflate-1', TEXT, 1);
        const [small] = await echoes(fleet, 'deflate-9', TEXT, 1);
        const [one, nine] = [fast!.wireBytes, small!.wireBytes];
        return nine < one * 0.98 ? 'fewer' : `${one} B at level 1, ${nine} B at level 9`;
      }),
  },
  {
    about: 'deflateThresholdBytes',
    name: 'only messages from the threshold on are compressed',
    expected: () => 'as set',
    run: (fleet) => threshold(fleet, 'deflate-threshold', {}),
  },
  {
    about: 'deflateThresholdBytes',
    name: 'in a room, too',
    expected: () => 'as set',
    run: (fleet) => threshold(fleet, 'deflate-threshold', { room: 'threshold' }),
  },
  {
    about: 'deflateThresholdBytes',
    name: 'with context takeover, too',
    expected: (c) => (c.deflateContextTakeover && c.deflateThresholdWithTakeover ? 'as set' : REFUSED),
    run: (fleet) => orRefused(() => threshold(fleet, 'deflate-takeover-threshold', {})),
  },
];

/** deflateLevel, deflateContextTakeover and deflateThresholdBytes: what is agreed, and what the wire shows. */
export const deflateRows: readonly Row[] = [
  {
    about: 'deflateLevel',
    name: 'off: an offer is not taken',
    expected: () => 'none',
    run: (fleet) => negotiated(fleet, 'base', OFFER),
  },
  ...onRows.map(compressed),
];
