import type { Fleet } from '../fleet.ts';
import { Peer, type SendOptions } from '../peer.ts';
import { type Row, row, whereKept } from '../row.ts';
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
export const compressed = (of: Row): Row => whereKept((c) => c.deflateLevels.length > 0, /deflate/i, of);

/** A row about context takeover. */
export const withTakeover = (of: Row): Row => whereKept((c) => c.deflateContextTakeover, /deflate/i, of);

const SERVER_NO_TAKEOVER = 'permessage-deflate; server_no_context_takeover';
const NO_TAKEOVER = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover';

/** Wire bytes of the same text twice. */
async function twice(fleet: Fleet, config: ConfigName): Promise<readonly [first: number, second: number]> {
  const [first, second] = await echoes(fleet, config, TEXT, 2, { compressed: true });
  if (!first!.compressed) throw new Error('not compressed');
  return [first!.wireBytes, second!.wireBytes];
}

const onRows: readonly Row[] = [
  row('deflateLevel', 'on: without an offer nothing is agreed', 'none', (fleet) =>
    negotiated(fleet, 'deflate', undefined),
  ),
  row('deflateContextTakeover', 'off: what is agreed', NO_TAKEOVER, (fleet) =>
    negotiated(fleet, 'deflate', OFFER),
  ),
  row(
    'deflateContextTakeover',
    'off: a message sent twice takes the same bytes twice',
    'compressed, the same bytes',
    async (fleet) => {
      const [first, second] = await twice(fleet, 'deflate');
      if (first > TEXT.length / 2) return 'not compressed';
      return `compressed, ${first === second ? 'the same bytes' : `${first} B and then ${second} B`}`;
    },
  ),
  withTakeover(
    row('deflateContextTakeover', 'on: what is agreed', 'permessage-deflate', (fleet) =>
      negotiated(fleet, 'deflate-takeover', 'permessage-deflate'),
    ),
  ),
  withTakeover(
    row(
      'deflateContextTakeover',
      'on: a client that wants none of the server is granted it',
      SERVER_NO_TAKEOVER,
      (fleet) => negotiated(fleet, 'deflate-takeover', SERVER_NO_TAKEOVER),
    ),
  ),
  withTakeover(
    row(
      'deflateContextTakeover',
      'on: a message sent twice takes few bytes the second time',
      'few bytes',
      async (fleet) => {
        const [first, second] = await twice(fleet, 'deflate-takeover');
        return second < first / 4 ? 'few bytes' : `${first} B and then ${second} B`;
      },
    ),
  ),
  whereKept(
    (c) => c.deflateLevels.includes(1) && c.deflateLevels.includes(9),
    /deflate/i,
    row('deflateLevel', 'level 9 takes fewer bytes than level 1', 'fewer', async (fleet) => {
      const [fast] = await echoes(fleet, 'deflate-1', TEXT, 1);
      const [small] = await echoes(fleet, 'deflate-9', TEXT, 1);
      const [one, nine] = [fast!.wireBytes, small!.wireBytes];
      return nine < one * 0.98 ? 'fewer' : `${one} B at level 1, ${nine} B at level 9`;
    }),
  ),
  row('deflateThresholdBytes', 'only messages from the threshold on are compressed', 'as set', (fleet) =>
    threshold(fleet, 'deflate-threshold', {}),
  ),
  row('deflateThresholdBytes', 'in a room, too', 'as set', (fleet) =>
    threshold(fleet, 'deflate-threshold', { room: 'threshold' }),
  ),
  whereKept(
    (c) => c.deflateContextTakeover && c.deflateThresholdWithTakeover,
    /deflate/i,
    row('deflateThresholdBytes', 'with context takeover, too', 'as set', (fleet) =>
      threshold(fleet, 'deflate-takeover-threshold', {}),
    ),
  ),
];

/** deflateLevel, deflateContextTakeover and deflateThresholdBytes: what is agreed, and what the wire shows. */
export const deflateRows: readonly Row[] = [
  row('deflateLevel', 'off: an offer is not taken', 'none', (fleet) => negotiated(fleet, 'base', OFFER)),
  ...onRows.map(compressed),
];
