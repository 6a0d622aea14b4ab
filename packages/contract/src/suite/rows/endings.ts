import { closeCodeLabel } from '@ws-arena/server-interface/close-code-label';
import type { Capabilities } from '../../capabilities.ts';
import { clientFrame, closePayload, opcodes } from '../client-frame.ts';
import type { Fleet } from '../fleet.ts';
import { Peer } from '../peer.ts';
import { type Row, row } from '../row.ts';
import { counted } from './http.ts';

const MESSAGES = 5;

/** What ends the connection, as bytes of `peer`. */
type Offence = (peer: Peer, limitBytes: number) => Buffer;

const offences = {
  'a frame with a reserved opcode': () => clientFrame({ opcode: 3, payload: 'broken' }),
  'a message above the read limit': (peer, limitBytes) => peer.encode('x'.repeat(limitBytes + 1)),
  'a text that is not UTF-8': (peer) =>
    clientFrame({ opcode: opcodes.text, payload: peer.textPayload(Buffer.from([0xce, 0xba, 0xff])) }),
} as const satisfies Record<string, Offence>;

/** Sends messages with an offence behind the last, in one write: what came back of them, and the code at the end. */
async function acceptedBefore(fleet: Fleet, offence: Offence, room: string): Promise<string> {
  const server = await fleet.server('base');
  const peer = await Peer.open(server, room === '' ? {} : { query: { room } });
  const messages = Array.from({ length: MESSAGES }, (_, i) => peer.encode(`message ${i}`));
  peer.raw.send(Buffer.concat([...messages, offence(peer, server.config.readLimitBytes)]));
  const { code } = await peer.end();
  const came = peer.messages.map(({ data }) => data.toString());
  if (came.some((text, i) => text !== `message ${i}`)) return `got ${came.join(', ')}`;
  return words(came.length === MESSAGES, code);
}

/** Ends a connection in each way, and compares what is counted with the codes that the clients saw. */
async function closesCounted(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const closes = [closePayload(1000), closePayload(1001), closePayload(4000), Buffer.alloc(0)];
  const ways: readonly Offence[] = [
    ...Object.values(offences),
    ...closes.map((payload) => () => clientFrame({ opcode: opcodes.close, payload })),
  ];
  const seen: Record<string, number> = {};
  for (const way of ways) {
    const peer = await Peer.open(server);
    peer.raw.send(way(peer, server.config.readLimitBytes));
    const sample = `ws_closes_total{code="${closeCodeLabel((await peer.end()).code)}"}`;
    seen[sample] = (seen[sample] ?? 0) + 1;
  }
  const wrong = await counted(server, seen);
  await server.stop();
  return wrong ?? 'as the clients saw them';
}

const words = (all: boolean, code: number) => `${all ? 'all come back' : 'some are lost'}, then ${code}`;

const offenceRows = (what: keyof typeof offences, expected: (c: Capabilities) => string): readonly Row[] =>
  ['', `ending by ${what}`].map((room) => ({
    about: room === '' ? 'echo' : 'rooms',
    name: `messages and ${what} in one TCP segment${room === '' ? '' : ', in a room'}`,
    expected,
    run: (fleet) => acceptedBefore(fleet, offences[what], room),
  }));

/** What was accepted comes back before the connection ends for what came behind it, and the code says why. */
export const endingRows: readonly Row[] = [
  ...offenceRows('a frame with a reserved opcode', (c) =>
    words(c.sendsAcceptedBefore.error, c.protocolErrorCode),
  ),
  ...offenceRows('a message above the read limit', (c) =>
    words(c.sendsAcceptedBefore.overLimit, c.overLimitCode),
  ),
  ...offenceRows('a text that is not UTF-8', (c) =>
    words(c.sendsAcceptedBefore.error, c.invalidUtf8 === 1007 ? 1007 : 1006),
  ),
  row('/metrics', 'close codes, by whoever chose them', 'as the clients saw them', closesCounted),
];
