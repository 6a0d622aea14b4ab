import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '@ws-arena/config/parse-config';
import type { Capabilities } from '../../capabilities.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer } from '../peer.ts';
import { type Row, row, SLACK_MS, whereKept } from '../row.ts';
import { counted } from './http.ts';
import { judge, MEMBERS, sayAll } from './rooms.ts';

const ROOM = 'one';
const READY = 'ready';

/** Two instances that share a Redis; ended with the row. */
async function pair(fleet: Fleet, settings: Record<string, unknown>): Promise<readonly SuiteServer[]> {
  const config = parseConfig({ port: 0, ...settings });
  return [await fleet.with(config), await fleet.with(config)];
}

/**
 * Members of one room, taking turns on the instances, who have heard each other: from then on Redis carries the room. What
 * they said for that has come back to those who said it, so nothing is under way any more.
 */
async function members(servers: readonly SuiteServer[], count: number): Promise<Peer[]> {
  const peers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      Peer.open(servers[i % servers.length]!, { query: { room: ROOM } }),
    ),
  );
  const said = servers.map((_, instance) => `${READY} ${instance}`);
  const hears = (peer: Peer) =>
    said.every((text) => peer.messages.some(({ data }) => data.toString() === text));
  let calls = 0;
  const deadlineMs = performance.now() + 2 * SLACK_MS;
  while (!peers.every(hears)) {
    if (performance.now() > deadlineMs) throw new Error('members of one room do not hear each other');
    calls += 1;
    said.forEach((text, instance) => {
      peers[instance]!.say(text);
    });
    await sleep(25);
  }
  await Promise.all(
    said.map((text, instance) =>
      peers[instance]!.raw.until(
        'the last call',
        () =>
          peers[instance]!.messages.filter(({ data }) => data.toString() === text).length === calls ||
          undefined,
      ),
    ),
  );
  return peers;
}

const heard = (peer: Peer) => peer.messages.filter(({ data }) => !data.toString().startsWith(READY));
const texts = (peer: Peer) => heard(peer).map(({ data }) => data.toString());

async function shared(fleet: Fleet, settings: Record<string, unknown>): Promise<string> {
  const redis = await fleet.redis();
  const servers = await pair(fleet, { ...settings, redisUrl: redis.url });
  const peers = await members(servers, MEMBERS);
  await sayAll([ROOM], [peers], (peer) => heard(peer).length);
  const wrong = peers.map((peer) => judge(ROOM, heard(peer))).find((one) => one !== 'as sent');
  const orders = new Set(peers.map((peer) => texts(peer).join()));
  for (const peer of peers) peer.raw.destroy();
  await Promise.all([...servers.map((server) => server.kill()), redis.kill()]);
  if (wrong) return wrong;
  if (fleet.target.capabilities.wire !== 'websocket') return 'every member, each once, in order';
  return `every member, each once, in ${orders.size === 1 ? 'one order' : `${orders.size} orders`}`;
}

async function restarted(fleet: Fleet): Promise<string> {
  const redis = await fleet.redis();
  const servers = await pair(fleet, { redisUrl: redis.url });
  const [one, other] = (await members(servers, 2)) as [Peer, Peer];
  const all = (sample: string, values: readonly number[]) =>
    Promise.all(servers.map((server, i) => counted(server, { [sample]: values[i]! })));
  await redis.kill();
  const wrong = await all('ws_redis_up', [0, 0]);
  one.say('away');
  await one.raw.until('what its own instance carries', () => texts(one)[0]);
  wrong.push(...(await all('ws_redis_lost_total', [1, 0])));
  const again = await fleet.redis(redis.port);
  wrong.push(...(await all('ws_redis_up', [1, 1])));
  other.say('back');
  one.say('back');
  await Promise.all([
    one.raw.until('what both said', () => heard(one)[2]),
    other.raw.until('what both said', () => heard(other)[1]),
  ]);
  const seen = [texts(one), texts(other)].join(' / ');
  for (const peer of [one, other]) peer.raw.destroy();
  await Promise.all([...servers.map((server) => server.kill()), again.kill()]);
  if (seen !== 'away,back,back / back,back') return `seen: ${seen}`;
  return (
    wrong.find((sentence) => sentence !== undefined) ?? 'heard on its own instance, counted, back by itself'
  );
}

async function absent(fleet: Fleet): Promise<string> {
  const redis = await fleet.redis();
  await redis.kill();
  const server = await fleet.with(parseConfig({ port: 0, redisUrl: redis.url }));
  const peer = await Peer.open(server, { query: { room: ROOM } });
  peer.say('alone');
  await peer.message(1);
  const up = await counted(server, { ws_redis_up: 0 });
  const again = await fleet.redis(redis.port);
  const found = await counted(server, { ws_redis_up: 1 });
  peer.raw.destroy();
  await Promise.all([server.kill(), again.kill()]);
  return up ?? found ?? 'starts without it, finds it later';
}

const IN_ORDER = ({ wire }: Capabilities) =>
  `every member, each once, in ${wire === 'websocket' ? 'one order' : 'order'}`;

const sharing = (of: Row) => whereKept((c) => c.sharesRooms, /^(redisUrl|socketioAdapter) is /, of);
const ofSocketio = (of: Row) => whereKept((c) => c.wire !== 'websocket', /^socketioAdapter is /, of);

/** Rooms over two instances by Redis. They need a Redis, so they go apart from the others. */
export const redisRows: readonly Row[] = [
  row('redisUrl', 'two members on each of two instances, all of whom send', IN_ORDER, (fleet) =>
    shared(fleet, {}),
  ),
  row(
    'redisUrl',
    'Redis is killed, and started again',
    'heard on its own instance, counted, back by itself',
    restarted,
  ),
  row('redisUrl', 'Redis is away when the server starts', 'starts without it, finds it later', absent),
  ofSocketio(
    row('socketioAdapter', 'two members on each of two instances, by `streams`', IN_ORDER, (fleet) =>
      shared(fleet, { socketioAdapter: 'streams' }),
    ),
  ),
].map(sharing);
