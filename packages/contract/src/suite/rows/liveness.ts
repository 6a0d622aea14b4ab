import { clientFrame, opcodes } from '../client-frame.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer } from '../peer.ts';
import { ifSeen } from '../raw-client.ts';
import { inTime, latestMs, type Row, row } from '../row.ts';

/** `cut off in time` when the peer's end lies between pongWait and pongWait + pingPeriod after `sinceMs`. */
async function cutForSilence(server: SuiteServer, peer: Peer, sinceMs: number): Promise<string> {
  const { pongWaitMs, pingPeriodMs } = server.config;
  const { code, atMs } = await peer.end();
  const seen = inTime('cut off', atMs - sinceMs, pongWaitMs, latestMs(server, pongWaitMs + pingPeriodMs));
  return code === 1005 || code === 1006 ? seen : `${seen}, with ${code}`;
}

/** `kept` when the connection is open and answers after three times pongWait. */
async function keptOpen(server: SuiteServer, peer: Peer): Promise<string> {
  const ended = await ifSeen(peer.end(3 * server.config.pongWaitMs));
  if (ended) return `ended with ${ended.code} after ${Math.round(ended.atMs - peer.raw.openedAtMs)} ms`;
  const before = peer.messages.length;
  peer.say('still here');
  await peer.message(before + 1);
  peer.raw.destroy();
  return 'kept';
}

/** Does `act` every `periodMs` until the connection ends. */
function every(peer: Peer, periodMs: number, act: () => void): void {
  const timer = setInterval(() => (peer.raw.ended ? clearInterval(timer) : act()), periodMs);
}

const silent = async (fleet: Fleet) => {
  const server = await fleet.server('times');
  return { server, peer: await Peer.open(server, { answersPings: false }) };
};

/** pingPeriodMs and pongWaitMs: who is pinged, who is kept, who is cut off and when. */
export const livenessRows: readonly Row[] = [
  row(
    'pingPeriodMs',
    'an idle peer that answers is pinged in time and kept',
    'kept, pinged in time',
    async (fleet) => {
      const server = await fleet.server('times');
      const peer = await Peer.open(server);
      const openedAtMs = performance.now();
      const kept = await keptOpen(server, peer);
      const times = [openedAtMs, ...peer.pings];
      const longest = Math.max(...times.slice(1).map((at, i) => at - times[i]!));
      return `${kept}, ${inTime('pinged', longest, 0, latestMs(server, server.config.pingPeriodMs))}`;
    },
  ),
  row('pongWaitMs', 'a peer that never answers a ping', 'cut off in time', async (fleet) => {
    const { server, peer } = await silent(fleet);
    return cutForSilence(server, peer, peer.raw.openedAtMs);
  }),
  row('pongWaitMs', 'a peer that answered, and then goes silent', 'cut off in time', async (fleet) => {
    const server = await fleet.server('times');
    const peer = await Peer.open(server);
    const lastPongMs = await peer.raw.until('3 pings', () => peer.pings[2]);
    peer.answersPings = false;
    return cutForSilence(server, peer, lastPongMs);
  }),
  row('pongWaitMs', 'raw bytes of half a frame do not count as life', 'cut off in time', async (fleet) => {
    const { server, peer } = await silent(fleet);
    const frame = clientFrame({ opcode: opcodes.text, payload: 'x'.repeat(60_000) });
    peer.raw.send(frame.subarray(0, 8));
    let at = 8;
    every(peer, 50, () => peer.raw.send(frame.subarray(at, ++at)));
    return cutForSilence(server, peer, peer.raw.openedAtMs);
  }),
  row('pongWaitMs', 'messages without pongs do not count as life', 'cut off in time', async (fleet) => {
    const { server, peer } = await silent(fleet);
    every(peer, 100, () => peer.say('alive?'));
    return cutForSilence(server, peer, peer.raw.openedAtMs);
  }),
  row('pongWaitMs', 'pongs that nobody asked for count as life', 'kept', async (fleet) => {
    const { server, peer } = await silent(fleet);
    every(peer, 200, () => peer.pong());
    return keptOpen(server, peer);
  }),
];
