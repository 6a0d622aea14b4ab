import { setTimeout } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { clientFrame, closePayload, opcodes, rsv } from '../client-frame.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { MEBIBYTE, memoryDuring } from '../memory.ts';
import { Peer, turns } from '../peer.ts';
import { RawClient } from '../raw-client.ts';
import { latestMs, type Row, row } from '../row.ts';
import { compressed, withTakeover } from './deflate.ts';

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

/** The connection ends while the library is in the middle of a message that it inflates: coder/websocket panicked. */
async function closeInsideCompressed(fleet: Fleet): Promise<string> {
  const server = await fleet.own('deflate-takeover');
  const [hostile, other] = [
    await Peer.open(server, { offer: 'permessage-deflate' }),
    await Peer.open(server),
  ];
  const payload = deflateRawSync('begun and never ended', { finishFlush: constants.Z_SYNC_FLUSH });
  hostile.raw.send(clientFrame({ opcode: opcodes.text, rsv: rsv.one, fin: false, payload }));
  hostile.raw.send(clientFrame({ opcode: opcodes.close, payload: closePayload(1000) }));
  await hostile.end();
  const seen = await served(other);
  await server.stop();
  return seen;
}

const ASKERS = 20;
const REQUEST = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';

/** Asks for `/metrics` and reads no answer, until it is cut off. */
async function ask(server: SuiteServer, requestsAtOnce: number): Promise<string> {
  const raw = await RawClient.open(server.port);
  raw.pause();
  const untilMs = performance.now() + latestMs(server, 30_000);
  while (!raw.ended && performance.now() < untilMs) {
    if (raw.unsentBytes < MEBIBYTE) raw.send(REQUEST.repeat(requestsAtOnce));
    await setTimeout(1);
  }
  raw.destroy();
  return raw.ended ? 'cut off' : 'not cut off';
}

async function unreadAnswers(fleet: Fleet, requestsAtOnce: number): Promise<string> {
  const server = await fleet.own('writes');
  const other = await Peer.open(server);
  const asked = Promise.all(Array.from({ length: ASKERS }, () => ask(server, requestsAtOnce)));
  const [seen, memory] = await Promise.all([asked, memoryDuring(server.pid, asked)]);
  const cut = seen.find((one) => one !== 'cut off') ?? 'cut off';
  const outcome = `${cut}, ${memory}, ${await served(other)}`;
  await server.stop();
  return outcome;
}

/** SIGUSR1 opens the debugger of a Node.js process, and says so on stderr, unless a flag keeps it from that. */
async function signalled(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const other = await Peer.open(server);
  process.kill(server.pid, 'SIGUSR1');
  await turns(server, 10);
  const said = server.stderr();
  const outcome = `${said === '' ? 'nothing happens' : said}, ${await served(other)}`;
  await server.stop();
  return outcome;
}

/** What one client must not be able to do to a server and to its other clients. */
export const hostileRows: readonly Row[] = [
  compressed(
    row(
      'hostile',
      'an error of the framing, and more after it, while a message inflates',
      SERVED,
      errorWhileInflating,
    ),
  ),
  withTakeover(
    row(
      'hostile',
      'a close frame in the middle of a compressed message, with context takeover',
      SERVED,
      closeInsideCompressed,
    ),
  ),
  row(
    'hostile',
    'requests for /metrics, many at once, and no answer is read',
    `cut off, memory bounded, ${SERVED}`,
    (fleet) => unreadAnswers(fleet, 1000),
  ),
  row(
    'hostile',
    'requests for /metrics, one after the other, and no answer is read',
    `cut off, memory bounded, ${SERVED}`,
    (fleet) => unreadAnswers(fleet, 1),
  ),
  row('hostile', 'SIGUSR1', `nothing happens, ${SERVED}`, signalled),
];
