import { setImmediate } from 'node:timers/promises';
import type { Capabilities } from '../../capabilities.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { MEBIBYTE, memoryDuring } from '../memory.ts';
import { readMetrics } from '../metrics-text.ts';
import { Peer } from '../peer.ts';
import { inTime, latestMs, type Row, row, SLACK_MS } from '../row.ts';
import type { ConfigName } from '../suite-configs.ts';
import { pattern } from './echo.ts';

const NON_READERS = 4;
const SLOW_BYTES_PER_SEC = 4_000_000;
const AT_CAP = 'cut off at maxBufferedBytes';

const cutWord = (c: Capabilities) =>
  c.stopsReading ? 'cut off in time' : 'cut off at maxBufferedBytes or in time';

/** Waits until the kernel has taken what was sent, or the peer has ended. */
async function roomToSend(peer: Peer): Promise<void> {
  await peer.raw.until('room to send, or the end', () => peer.raw.unsentBytes < MEBIBYTE || peer.raw.ended);
}

/**
 * Sends `message` over and over, as fast as the server takes it, until the peer ends or `bytes` went out. Returns when
 * the last of it was sent.
 */
async function flood(peer: Peer, message: Buffer, bytes: number): Promise<number> {
  let lastMs = performance.now();
  for (let sent = 0; sent < bytes && !peer.raw.ended; sent += message.length) {
    lastMs = performance.now();
    peer.raw.send(message);
    await roomToSend(peer);
  }
  return lastMs;
}

/** Stops reading, floods, and tells when the server cut it off. */
async function stopReading(server: SuiteServer, peer: Peer): Promise<string> {
  const { writeWaitMs } = server.config;
  peer.raw.pause();
  const pausedAtMs = performance.now();
  const lastMs = await flood(peer, peer.encode(pattern(32_000)), 128 * MEBIBYTE);
  const { atMs } = await peer.end(1);
  // Without a way to stop reading, whichever of the two limits is met first cuts it off.
  const leastMs = server.target.capabilities.stopsReading ? writeWaitMs : 0;
  // The wait begins when the kernel's buffers are full, by when nothing more can be sent either.
  return inTime('cut off', atMs - pausedAtMs, leastMs, lastMs - pausedAtMs + latestMs(server, writeWaitMs));
}

/** Echoes one message after the other until `stop` says so; the longest wait for a reply in milliseconds. */
async function longestReplyMs(peer: Peer, stop: () => boolean): Promise<number> {
  let longest = 0;
  for (let n = 1; !stop(); n += 1) {
    const sentAtMs = performance.now();
    peer.say('how long?');
    longest = Math.max(longest, (await peer.message(n)).atMs - sentAtMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return longest;
}

async function nonReaders(fleet: Fleet): Promise<string> {
  const server = await fleet.own('writes');
  const peers = await Promise.all(Array.from({ length: NON_READERS }, () => Peer.open(server)));
  const other = await Peer.open(server);
  let done = false;
  const cuts = Promise.all(peers.map((peer) => stopReading(server, peer))).finally(() => {
    done = true;
  });
  const [seen, longest, memory] = await Promise.all([
    cuts,
    longestReplyMs(other, () => done),
    memoryDuring(server.pid, cuts),
  ]);
  const odd = seen.find((one) => one !== 'cut off in time') ?? cutWord(fleet.target.capabilities);
  const served = longest < SLACK_MS ? 'another is served' : `another waited ${Math.round(longest)} ms`;
  return `${odd}, ${served}, ${memory}`;
}

/**
 * Has many messages echoed, and reads far too slowly for all to be taken within writeWait, but a step of every kernel
 * buffer well within it.
 * @param late reads nothing until all is sent: what waits does not depend on how fast the client sends.
 */
async function slowReader(fleet: Fleet, config: ConfigName, late: boolean): Promise<string> {
  const server = await fleet.server(config);
  const peer = await Peer.open(server);
  if (late) peer.raw.pause();
  else peer.raw.throttle(SLOW_BYTES_PER_SEC);
  const count = 1900;
  for (let i = 0; i < count && !peer.raw.ended; i += 1) {
    peer.say(`${i} ${pattern(16_000)}`);
    await roomToSend(peer);
    // While the kernel takes all, nothing else gives the client a turn to read; too many turns, and it sends slowly.
    if (i % 32 === 0) await setImmediate();
  }
  if (late) {
    peer.raw.throttle(SLOW_BYTES_PER_SEC);
    peer.raw.resume();
  }
  await peer.raw.until(
    'all echoes, or the end',
    () => peer.messages.length === count || peer.raw.ended,
    30_000,
  );
  const wrong = peer.messages.findIndex((message, i) => !message.data.toString().startsWith(`${i} `));
  if (wrong >= 0) return `echo ${wrong} is not the one in turn`;
  if (peer.messages.length < count) {
    return fleet.target.capabilities.stopsReading
      ? `cut off after ${peer.messages.length} of ${count} echoes`
      : AT_CAP;
  }
  peer.raw.destroy();
  return 'kept, nothing lost';
}

/** Three members of a room, of whom one stops reading; the others go on, `atOnce` messages a time, until it is cut off. */
async function nonReadingMember(server: SuiteServer, atOnce: number): Promise<string> {
  const join = () => Peer.open(server, { query: { room: 'stalled' } });
  const [sender, reader, stalled] = [await join(), await join(), await join()];
  stalled.raw.pause();
  // A peer that does not read learns of its end when it writes.
  const timer = setInterval(() => stalled.pong(), 50);
  // On a busy machine it takes many turns until the kernel's buffers are full, and only then the wait begins.
  const untilMs = performance.now() + latestMs(server, 20_000);
  let sent = 0;
  while (!stalled.raw.ended && performance.now() < untilMs) {
    for (let i = 0; i < atOnce; i += 1) sender.say(`${sent + i} ${pattern(32_000 / atOnce)}`);
    sent += atOnce;
    await Promise.all([sender.message(sent), reader.message(sent)]);
  }
  clearInterval(timer);
  const lost = [sender, reader].some((peer) =>
    peer.messages.some((message, i) => !message.data.toString().startsWith(`${i} `)),
  );
  for (const peer of [sender, reader, stalled]) peer.raw.destroy();
  return `${stalled.raw.ended ? 'cut off' : 'not cut off'}, ${lost ? 'others lose messages' : 'others lose nothing'}`;
}

/** However many messages wait for a connection, it is cut off once. */
async function cutsCounted(fleet: Fleet): Promise<string> {
  const server = await fleet.own('writes');
  await nonReadingMember(server, 16);
  const cuts = [...(await readMetrics(server))].filter(([name]) => name.startsWith('ws_cuts_total'));
  await server.stop();
  const count = cuts.reduce((sum, [, value]) => sum + value, 0);
  return count === 1 ? 'one' : `${count}`;
}

/** writeWaitMs and maxBufferedBytes: who stops reading, who reads slowly, and what others feel of it. */
export const writeRows: readonly Row[] = [
  row(
    'writeWaitMs',
    'echo peers that stop reading',
    (c) => `${cutWord(c)}, another is served, memory bounded`,
    nonReaders,
  ),
  row('writeWaitMs', 'a peer that reads slowly, but reads', 'kept, nothing lost', (fleet) =>
    slowReader(fleet, 'slow-roomy', false),
  ),
  row(
    'maxBufferedBytes',
    'a peer that reads slowly, and asks for more than may wait',
    (c) => (c.stopsReading ? 'kept, nothing lost' : AT_CAP),
    (fleet) => slowReader(fleet, 'slow', !fleet.target.capabilities.stopsReading),
  ),
  row('writeWaitMs', 'a room member that stops reading', 'cut off, others lose nothing', async (fleet) =>
    nonReadingMember(await fleet.server('writes'), 1),
  ),
  row('/metrics', 'cuts, where one member of a room stops reading', 'one', cutsCounted),
];
