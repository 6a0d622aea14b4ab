import { clientFrame, closePayload, opcodes } from '../client-frame.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer, turns } from '../peer.ts';
import type { Row } from '../row.ts';

const SERVED = 'another is served';

/** Whether `other` still gets its echo. */
async function served(other: Peer): Promise<string> {
  const before = other.messages.length;
  other.say('untouched');
  await other.message(before + 1);
  other.raw.destroy();
  return SERVED;
}

/** Sends each of `chunks` when the server has read the one before. */
async function sendApart(server: SuiteServer, peer: Peer, chunks: readonly Buffer[]): Promise<void> {
  // The first request of a process takes long.
  await turns(server, 1);
  for (const chunk of chunks) {
    peer.raw.send(chunk);
    await turns(server, 1);
  }
}

/** An error, and more after it, that come while a message still inflates: ws' own stream went on after the error. */
async function errorWhileInflating(fleet: Fleet): Promise<string> {
  const server = await fleet.own('bombs');
  const [hostile, other] = [
    await Peer.open(server, { offer: 'permessage-deflate' }),
    await Peer.open(server),
  ];
  // As long to inflate as possible in less than the 16 KiB at which Node's stream asks the socket to wait.
  await sendApart(server, hostile, [
    hostile.encode('x'.repeat(0.9 * server.config.readLimitBytes), { compressed: true }),
    clientFrame({ opcode: opcodes.close, payload: closePayload(5) }),
    Buffer.from('more'),
  ]);
  await hostile.end();
  const seen = await served(other);
  await server.stop();
  return seen;
}

/** What one client must not be able to do to a server and to its other clients. */
export const hostileRows: readonly Row[] = [
  {
    about: 'hostile',
    name: 'an error of the framing, and more after it, while a message inflates',
    expected: () => SERVED,
    run: errorWhileInflating,
  },
];
