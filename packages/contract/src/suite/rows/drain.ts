import { setTimeout } from 'node:timers/promises';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { readMetrics } from '../metrics-text.ts';
import { Peer, turns } from '../peer.ts';
import { RawClient } from '../raw-client.ts';
import { type Row, row, SLACK_MS } from '../row.ts';
import { knockAt } from './doors.ts';
import { pattern } from './echo.ts';

const FLOODERS = 20;
/** How long a peer reads nothing of a drain's backlog: longer than uWebSockets.js by itself would wait for it. */
const STALL_MS = 4500;
/** How late a peer reads its 1001, well within the grace. */
const LATE_MS = 1000;
/** How many connections the server of the configuration `spread` closes one by one. */
const SPREAD_OVER = 8;
const AT_CAP = 'cut off at maxBufferedBytes';

/** Sends SIGTERM and waits for the exit: `exit 0 in time`, or what happened instead. */
async function terminated(server: SuiteServer): Promise<string> {
  const startedAtMs = performance.now();
  process.kill(server.pid, 'SIGTERM');
  const { code, signal } = await server.exited;
  const tookMs = performance.now() - startedAtMs;
  if (code !== 0) return `exit ${code ?? signal}`;
  return tookMs <= server.config.shutdownGraceMs + SLACK_MS ? 'exit 0 in time' : `exit 0 after ${tookMs} ms`;
}

/** Keeps eight echoes in flight until the connection closes. */
function keepBusy(peer: Peer): () => number {
  let sent = 0;
  const timer = setInterval(() => {
    if (peer.closeCode !== undefined || peer.raw.ended) clearInterval(timer);
    else while (sent - peer.messages.length < 8) peer.say(`${sent++} busy`);
  }, 1);
  return () => sent;
}

/** What is wrong with the echoes of a peer that sent `0 …`, `1 …` and so on; undefined when they are in order. */
function outOfOrder(peer: Peer): string | undefined {
  const wrong = peer.messages.findIndex((message, i) => !message.data.toString().startsWith(`${i} `));
  return wrong < 0 ? undefined : `echo ${wrong} is missing`;
}

async function underLoad(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const idle = await Peer.open(server);
  const busy = await Promise.all(Array.from({ length: 6 }, () => Peer.open(server)));
  for (const peer of busy) keepBusy(peer);
  await Promise.all(busy.map((peer) => peer.message(200)));
  const exit = terminated(server);
  const ends = await Promise.all([idle, ...busy].map((peer) => peer.end()));
  const codes = [...new Set(ends.map((end) => end.code))].join(' and ');
  const gap = busy.map(outOfOrder).find((one) => one !== undefined);
  return `${codes} to all, ${gap ?? 'echoes without a gap'}, ${await exit}`;
}

/** @param disturbs whether things happen, before the peer reads, that must not end a drain. */
async function backlog(fleet: Fleet, disturbs: boolean): Promise<string> {
  const server = await fleet.own('backlog');
  const peer = await Peer.open(server);
  peer.raw.pause();
  // More than the kernel's buffers hold, so that echoes wait in the server too.
  for (let i = 0; i < 300; i += 1) peer.say(`${i} ${pattern(60_000)}`);
  const accepted = await settled(async () =>
    (await readMetrics(server)).get('ws_messages_total{direction="received"}'),
  );
  const disturb = disturbs ? await disturbance(server) : undefined;
  const exit = terminated(server);
  await disturb?.();
  peer.raw.resume();
  const { code } = await peer.end();
  const gap = outOfOrder(peer);
  const lost = (accepted ?? 0) - peer.messages.length;
  return `${code}, ${gap ?? (lost > 0 ? `${lost} of ${accepted} accepted echoes lost` : 'no accepted echo lost')}, ${await exit}`;
}

/**
 * Opens plain connections; the returned function closes them once the server accepts nothing new, and sends SIGTERM again.
 * A server that takes this for the end of its drain has the time to exit.
 */
async function disturbance(server: SuiteServer): Promise<() => Promise<void>> {
  const plain = await Promise.all(Array.from({ length: 3 }, () => RawClient.open(server.port)));
  return async () => {
    for (let refused = false; !refused; ) {
      const raw = await RawClient.open(server.port);
      refused = raw.ended !== undefined;
      raw.destroy();
    }
    for (const raw of plain) raw.destroy();
    process.kill(server.pid, 'SIGTERM');
    await Promise.race([server.exited, setTimeout(STALL_MS)]);
  };
}

/** A peer that goes on sending and is late to read: a server that has exited by then resets it, and it sees no 1001. */
async function lateReader(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const peer = await Peer.open(server);
  peer.say('0 first');
  await peer.message(1);
  peer.raw.pause();
  const timer = setInterval(() => peer.say('more'), 5);
  const exit = terminated(server);
  await setTimeout(LATE_MS);
  clearInterval(timer);
  peer.raw.resume();
  const { code } = await peer.end();
  return `${code}, ${await exit}`;
}

/** Sends without end and reads nothing; `sent` counts the messages that the kernel took. */
function flood(peer: Peer, sent: { messages: number }): void {
  const message = peer.encode(pattern(32_000));
  peer.raw.pause();
  const timer = setInterval(() => {
    if (peer.raw.ended) clearInterval(timer);
    while (!peer.raw.ended && peer.raw.unsentBytes < message.length) {
      peer.raw.send(message);
      sent.messages += 1;
    }
  }, 1);
}

async function unread(fleet: Fleet): Promise<string> {
  const server = await fleet.own('drain');
  const sent = { messages: 0 };
  const peers = await Promise.all(Array.from({ length: FLOODERS }, () => Peer.open(server)));
  for (const peer of peers) flood(peer, sent);
  const before = await settled(async () => {
    // A server that does not get the processor has not stopped reading.
    await turns(server, 2);
    return sent.messages;
  });
  const cut = peers.some((peer) => peer.raw.ended);
  const exit = await terminated(server);
  const more = sent.messages - before;
  for (const peer of peers) peer.raw.destroy();
  return `${cut ? AT_CAP : more === 0 ? 'nothing more is read' : `${more} more messages are read`}, ${exit}`;
}

/** The value of `read` once it comes out the same five times in a row, a moment apart. */
async function settled<T>(read: () => Promise<T>): Promise<T> {
  let last = await read();
  for (let same = 0; same < 5; ) {
    // Longer than a server may keep the text of its metrics.
    await setTimeout(120);
    const now = await read();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

/** SIGTERM where closes are spread: what `/healthz`, upgrades and the open connections see, and when. */
async function spread(fleet: Fleet): Promise<string> {
  const server = await fleet.own('spread');
  const peers = await Promise.all(Array.from({ length: SPREAD_OVER }, () => Peer.open(server)));
  for (const peer of peers) keepBusy(peer);
  await Promise.all(peers.map((peer) => peer.message(1)));
  const sentAtMs = performance.now();
  const exit = terminated(server);
  const health = await unhealthy(server);
  const refused = await Peer.knock(server);
  const ends = await Promise.all(peers.map((peer) => peer.end()));
  const firstMs = Math.min(...ends.map((end) => end.atMs));
  const served = peers.some((peer) => peer.messages.at(-1)!.atMs > firstMs);
  const codes = [...new Set(ends.map((end) => end.code))].join(' and ');
  const tookMs = ends.map((end) => end.atMs - sentAtMs).sort((a, b) => a - b);
  // A busy machine makes it later, never sooner.
  const early = tookMs.findIndex((ms, i) => ms < (server.config.drainSpreadMs * i) / SPREAD_OVER);
  const when = early < 0 ? 'evenly' : `close ${early} after ${Math.round(tookMs[early]!)} ms`;
  return `/healthz ${health}, an upgrade ${refused.raw.head?.status}, ${served ? 'the others are served' : 'nobody is served'}, ${codes} to all ${when}, ${await exit}`;
}

/** The first answer of `/healthz` that is not 200. */
export async function unhealthy(server: SuiteServer): Promise<number> {
  for (;;) {
    const response = await fetch(`${server.httpUrl}/healthz`);
    await response.text();
    if (response.status !== 200) return response.status;
  }
}

async function refusesNew(fleet: Fleet): Promise<string> {
  const server = await fleet.own('base');
  const peer = await Peer.open(server, { answersPings: false });
  const exit = terminated(server);
  await peer.raw.until('the close frame', () => peer.closeCode);
  const seen = await knockAt(server, new URL(server.url).pathname);
  const refused = seen === '503' || seen === 'no response' ? 'refused' : `answered with ${seen}`;
  return `${refused}, ${await exit}`;
}

/** shutdownGraceMs and drainSpreadMs: what SIGTERM does. */
export const drainRows: readonly Row[] = [
  row(
    'shutdownGraceMs',
    'SIGTERM under load',
    '1001 to all, echoes without a gap, exit 0 in time',
    underLoad,
  ),
  row(
    'shutdownGraceMs',
    'SIGTERM while accepted echoes wait for a peer to read them',
    '1001, no accepted echo lost, exit 0 in time',
    (fleet) => backlog(fleet, false),
  ),
  row(
    'shutdownGraceMs',
    'SIGTERM twice, and plain connections that close, while accepted echoes wait',
    '1001, no accepted echo lost, exit 0 in time',
    (fleet) => backlog(fleet, true),
  ),
  row(
    'shutdownGraceMs',
    'SIGTERM while peers send without end and read nothing',
    (c) => `${c.stopsReading ? 'nothing more is read' : AT_CAP}, exit 0 in time`,
    unread,
  ),
  row(
    'shutdownGraceMs',
    'SIGTERM while a peer goes on sending, and reads a second later',
    '1001, exit 0 in time',
    lateReader,
  ),
  row(
    'drainSpreadMs',
    'SIGTERM where closes are spread',
    '/healthz 503, an upgrade 503, the others are served, 1001 to all evenly, exit 0 in time',
    spread,
  ),
  row('shutdownGraceMs', 'a new connection after SIGTERM', 'refused, exit 0 in time', refusesNew),
];
