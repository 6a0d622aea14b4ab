import type { RunningServer } from '@ws-arena/contract/running-server';
import type { Peer } from '@ws-arena/contract/suite/peer';
import { ifSeen } from '@ws-arena/contract/suite/raw-client';
import type { RunningProxy } from '@ws-arena/infra/running-proxy';
import type { TestBed } from '../../processes/test-bed.ts';
import {
  claim,
  code,
  count,
  doesNotHold,
  holds,
  holdsIf,
  milliseconds,
  plainRatio,
  undecided,
} from '../claim.ts';

const MINUTE_MS = 60_000;
/** What is cut later than this times its time was held up by a busy machine: nothing else that was timed counts then. */
const LATE = 1.2;
const tooBusy = undecided('The machine was too busy: what is timed here came over a fifth late.');
/** A server that lets its connections rest. */
const quiet = { pingPeriodMs: 600_000, pongWaitMs: 1_200_000, proxyReadTimeoutMs: 1_800_000 };

/** When `peer` was cut, in milliseconds since it opened; undefined when it was not within `withinMs`. */
async function cutAfterMs(peer: Peer, withinMs: number): Promise<number | undefined> {
  const end = await ifSeen(peer.end(withinMs));
  return end && end.atMs - peer.raw.openedAtMs;
}

export const sixtySeconds = claim({
  id: 'nginx-60s',
  part: 'Timeouts and pings',
  idle: true,
  says: 'By default Nginx closes a connection after 60 seconds of silence, with code 1006.',
  experiment:
    'Nginx without proxy_read_timeout, at full length: one connection that is silent, and one whose client sends a pong each 25 s.',
  measure: async (bed) => {
    const server = await bed.server('ws', quiet);
    const rewrite = (text: string) => text.replace(/proxy_read_timeout .*;/, '');
    const proxy = await bed.proxy([server], { settings: quiet, rewrite });
    const [silent, talking] = [await bed.peer(server, proxy), await bed.peer(server, proxy)];
    const timer = setInterval(() => talking.pong(), 25_000);
    bed.onEnd(() => clearInterval(timer));
    const [cut] = await Promise.all([cutAfterMs(silent, MINUTE_MS + 10_000), bed.sleep(MINUTE_MS + 10_000)]);
    return {
      'silent connection: cut after': milliseconds(cut ?? 0),
      'close code': code(cut === undefined ? 0 : (silent.closeCode ?? 1006)),
      'one that says something each 25 s: open after 70 s': count(talking.raw.ended ? 0 : 1),
    };
  },
  judge: (figures) => {
    const cutMs = figures['silent connection: cut after'].value / 1e6;
    if (cutMs === 0) return doesNotHold('It was not cut within 70 s.');
    // A busy machine makes it later, and never earlier.
    if (cutMs < MINUTE_MS - 2000 || cutMs > MINUTE_MS * LATE)
      return doesNotHold(`It was cut after ${Math.round(cutMs / 1000)} s.`);
    const kept = figures['one that says something each 25 s: open after 70 s'].value === 1;
    return kept
      ? holds(
          'Silence means in both directions: a pong of the client keeps the connection. 1006 is no code that Nginx sends, it is the client’s name for an end without a close frame.',
        )
      : holdsIf('You mean silence of the server: traffic of the client did not keep it.');
  },
});

/** Twenty times faster than the article: 30, 60 and 90 s are 1.5, 3 and 4.5 s. */
const SCALE = 20;
const article = { pingPeriodMs: 30_000 / SCALE, pongWaitMs: 60_000 / SCALE };
const CLIENTS = 5;

const proxyWith = (bed: TestBed, server: RunningServer, seconds: number): Promise<RunningProxy> =>
  bed.proxy([server], {
    rewrite: (text) =>
      text.replace(/proxy_read_timeout .*;/, `proxy_read_timeout ${(seconds * 1000) / SCALE}ms;`),
  });

const open = (bed: TestBed, server: RunningServer, proxy: RunningProxy, answersPings = true) =>
  bed.peers(CLIENTS, server, proxy, { answersPings });

const alive = (peers: readonly Peer[]) => count(peers.filter(({ raw }) => !raw.ended).length, peers.length);

export const timeoutOrder = claim({
  id: 'timeout-order',
  part: 'Timeouts and pings',
  idle: true,
  says: 'proxy_read_timeout must be longer than the server’s pongWait (30/60/90 s), or Nginx kills the connection earlier.',
  experiment: `Pings each 30 s, pongWait 60 s and three values of proxy_read_timeout, all ${SCALE} times faster; ${CLIENTS} idle clients each, for three pongWaits. And one that never answers.`,
  measure: async (bed) => {
    const server = await bed.server('ws', article);
    const [longest, between, below] = await Promise.all(
      [90, 45, 15].map((seconds) => proxyWith(bed, server, seconds)),
    );
    const healthy = await Promise.all([longest!, between!, below!].map((proxy) => open(bed, server, proxy)));
    const [dead] = await open(bed, server, between!, false);
    const cut = cutAfterMs(dead!, 4 * article.pongWaitMs);
    await bed.sleep(3 * article.pongWaitMs);
    const [at90, at45, at15] = healthy.map(alive);
    return {
      'clients kept of 5, proxy_read_timeout 90 s': at90!,
      'kept, 45 s: below pongWait, above the ping period': at45!,
      'kept, 15 s: below the ping period': at15!,
      'client without pongs, 45 s: cut after (unscaled)': milliseconds(((await cut) ?? 0) * SCALE),
    };
  },
  judge: (figures) => {
    const [at90, at45, at15] = [
      figures['clients kept of 5, proxy_read_timeout 90 s'].value,
      figures['kept, 45 s: below pongWait, above the ping period'].value,
      figures['kept, 15 s: below the ping period'].value,
    ];
    if (figures['client without pongs, 45 s: cut after (unscaled)'].value / 1e6 > MINUTE_MS * LATE)
      return tooBusy;
    if (at90 < CLIENTS) return doesNotHold('Clients were cut in the article’s own order too.');
    if (at45 === 0) return holds('Below pongWait Nginx cuts healthy connections.');
    if (at45 < CLIENTS) return holdsIf('Pings are late: below pongWait Nginx cut some, and not all.');
    return doesNotHold(
      at15 === 0
        ? 'Nginx cuts no earlier as long as proxy_read_timeout is above the ping period: each ping starts it anew. 90 s is a wide margin, and not the bound.'
        : 'No value that was tried cut a healthy connection.',
    );
  },
});

export const pingsKeep = claim({
  id: 'pings-keep',
  part: 'Timeouts and pings',
  idle: true,
  says: 'Ping/Pong resets the timeout of Nginx, so an idle connection stays open.',
  experiment: `proxy_read_timeout 3 s, ${CLIENTS} idle clients for four of them, with a ping each second and without.`,
  measure: async (bed) => {
    const timeoutMs = 3000;
    const [pinging, silent] = await Promise.all([
      bed.server('ws', { pingPeriodMs: 1000, pongWaitMs: 30_000 }),
      bed.server('ws', quiet),
    ]);
    const [front, behindSilent] = await Promise.all(
      [pinging, silent].map((server) => proxyWith(bed, server, (timeoutMs / 1000) * SCALE)),
    );
    const [withPings, without] = await Promise.all([
      open(bed, pinging, front!),
      open(bed, silent, behindSilent!),
    ]);
    const cut = cutAfterMs(without[0]!, 4 * timeoutMs);
    await bed.sleep(4 * timeoutMs);
    return {
      'with pings: kept of 5 for four timeouts': alive(withPings),
      'without: kept': alive(without),
      'without: cut after, in timeouts of Nginx': plainRatio(((await cut) ?? 0) / timeoutMs),
    };
  },
  judge: (figures) => {
    const kept = figures['with pings: kept of 5 for four timeouts'].value;
    const without = figures['without: kept'].value;
    if (figures['without: cut after, in timeouts of Nginx'].value > LATE) return tooBusy;
    if (kept < CLIENTS) return doesNotHold(`${CLIENTS - kept} with pings were cut.`);
    return without === 0
      ? holds('All with pings were kept, and all without them were cut.')
      : holdsIf('Nginx would cut them at all: some without pings were kept too.');
  },
});

const SILENT = 12;

/** The mean time from a client's falling silent until the server cuts it, unscaled. */
async function noticedMs(bed: TestBed, pingSec: number, pongSec: number): Promise<number> {
  const scaled = (sec: number) => (sec * 1000) / SCALE;
  const server = await bed.server('ws', { pingPeriodMs: scaled(pingSec), pongWaitMs: scaled(pongSec) });
  const peers = await bed.peers(SILENT, server);
  await bed.sleep(scaled(pongSec));
  const noticed = peers.map(async (peer, i) => {
    // They fall silent at different places of the ping period.
    await bed.sleep((scaled(pingSec) * i) / SILENT);
    const silentAtMs = performance.now();
    peer.answersPings = false;
    return (await peer.end(scaled(pongSec) * 4)).atMs - silentAtMs;
  });
  const times = await Promise.all(noticed);
  return (times.reduce((sum, ms) => sum + ms, 0) / SILENT) * SCALE;
}

export const pingDetects = claim({
  id: 'ping-detects',
  part: 'Timeouts and pings',
  idle: true,
  says: 'The more often you ping, the sooner you learn of a broken connection.',
  experiment: `${SILENT} clients fall silent with their TCP connection open, ${SCALE} times faster than written; the mean time until the server cuts them.`,
  measure: async (bed) => {
    const [usual, often, sooner] = await Promise.all([
      noticedMs(bed, 30, 60),
      noticedMs(bed, 5, 60),
      noticedMs(bed, 5, 15),
    ]);
    return {
      'ping each 30 s, pongWait 60 s: noticed after': milliseconds(usual, SILENT),
      'ping each 5 s, pongWait 60 s': milliseconds(often, SILENT),
      'ping each 5 s, pongWait 15 s': milliseconds(sooner, SILENT),
    };
  },
  judge: (figures) => {
    const [usual, often, sooner] = [
      figures['ping each 30 s, pongWait 60 s: noticed after'].value,
      figures['ping each 5 s, pongWait 60 s'].value,
      figures['ping each 5 s, pongWait 15 s'].value,
    ];
    if (Math.max(usual, often) / 1e6 > MINUTE_MS * LATE) return tooBusy;
    if (often < usual * 0.9) return holds('With pings six times as often it was noticed sooner.');
    return sooner < usual * 0.9
      ? holdsIf(
          'pongWait is shortened with the ping period. Alone, more pings only make the last pong more recent, and the server waits pongWait from it.',
        )
      : doesNotHold('No setting that was tried noticed it sooner.');
  },
});
