import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer, type PeerOptions } from '../peer.ts';
import { RawClient } from '../raw-client.ts';
import { inTime, latestMs, type Row, row, SLACK_MS } from '../row.ts';
import { ALLOWED_ORIGIN, type ConfigName } from '../suite-configs.ts';
import { upgradeRequest } from '../upgrade.ts';
import { wireForms } from '../wire-form.ts';

async function knock(fleet: Fleet, config: ConfigName, options: PeerOptions): Promise<string> {
  const peer = await Peer.knock(await fleet.server(config), options);
  peer.raw.destroy();
  return peer.raw.head ? String(peer.raw.head.status) : 'no response';
}

/** The answer to a good upgrade request for `path`, with `query` as it stands behind whatever the dialect asks for. */
export async function knockAt(server: SuiteServer, path: string, query = ''): Promise<string> {
  const raw = await RawClient.open(server.port);
  const target = wireForms[server.target.capabilities.wire].upgradePath(path, {});
  const joint = query === '' ? '' : target.includes('?') ? '&' : '?';
  raw.send(upgradeRequest(`127.0.0.1:${server.port}`, target + joint + query));
  await raw.until('a response', () => raw.head ?? raw.ended);
  raw.destroy();
  return raw.head ? String(raw.head.status) : 'no response';
}

async function dribble(fleet: Fleet): Promise<string> {
  const server = await fleet.server('doors');
  const { handshakeTimeoutMs } = server.config;
  const raw = await RawClient.open(server.port);
  const own = fleet.target.capabilities.ownHandshakeTimeoutMs;
  const padding = { headers: { 'X-Padding': 'x'.repeat(500) } };
  const request = upgradeRequest('127.0.0.1', new URL(server.url).pathname, padding);
  // The request line in one piece: what a server makes of half of one is a case of the RFC table.
  let at = request.indexOf('\n') + 1;
  raw.send(request.slice(0, at));
  const timer = setInterval(() => {
    raw.send(request.slice(at, at + 1));
    at = Math.min(at + 1, request.length - 2);
  }, 50);
  const ended = await raw.until('the end of the connection', () => raw.ended, 25_000);
  clearInterval(timer);
  const tookMs = ended.atMs - raw.openedAtMs;
  if (own === undefined) {
    return inTime('cut off', tookMs, handshakeTimeoutMs, latestMs(server, 2 * handshakeTimeoutMs));
  }
  // A library's own clock is coarse: what matters is that there is one.
  return inTime(`cut off by its own ${own} ms`, tookMs, own / 2, latestMs(server, 2 * own));
}

async function full(fleet: Fleet): Promise<string> {
  const server = await fleet.own('few');
  const inside = [await Peer.open(server), await Peer.open(server)];
  const third = await Peer.knock(server);
  third.raw.destroy();
  for (const peer of inside) peer.say('untouched');
  await Promise.all(inside.map((peer) => peer.message(1)));
  inside[0]!.close();
  await inside[0]!.end();
  const deadlineMs = performance.now() + SLACK_MS;
  let status: number | undefined;
  while (status !== 101 && performance.now() < deadlineMs) {
    const next = await Peer.knock(server);
    status = next.raw.head?.status;
    next.raw.destroy();
  }
  await server.stop();
  const refused = third.raw.head?.status ?? 'no response';
  return `${refused}, others untouched, ${status === 101 ? 'a place left is free again' : 'a place left stays taken'}`;
}

const origin = (value: string | undefined) => ({ headers: { Origin: value } });

/** path, originAllowList, maxConnections and handshakeTimeoutMs: who gets in. */
export const doorRows: readonly Row[] = [
  row('path', 'the path', '101', (fleet) => knock(fleet, 'base', {})),
  ...['/', '/elsewhere', '/ws-notificationsX', '/ws-notifications/more'].map((path) =>
    row('path', `an upgrade of ${path}`, '404', async (fleet) => knockAt(await fleet.server('base'), path)),
  ),
  row('originAllowList', 'an origin on the list', '101', (fleet) =>
    knock(fleet, 'doors', origin(ALLOWED_ORIGIN)),
  ),
  row('originAllowList', 'another origin', '403', (fleet) =>
    knock(fleet, 'doors', origin('https://elsewhere.example')),
  ),
  row('originAllowList', 'no origin, where there is a list', '403', (fleet) =>
    knock(fleet, 'doors', origin(undefined)),
  ),
  row('originAllowList', 'an empty list lets any origin in', '101', (fleet) =>
    knock(fleet, 'base', origin('https://elsewhere.example')),
  ),
  row('maxConnections', 'one more than the most', '503, others untouched, a place left is free again', full),
  row(
    'handshakeTimeoutMs',
    'request headers that come byte by byte',
    ({ ownHandshakeTimeoutMs: own }) =>
      own === undefined ? 'cut off in time' : `cut off by its own ${own} ms in time`,
    dribble,
  ),
];
