import { setTimeout } from 'node:timers/promises';
import { badTokens } from '@ws-arena/auth/testing/bad-tokens';
import { Issuer } from '@ws-arena/auth/testing/issuer';
import { parseConfig } from '@ws-arena/config/parse-config';
import { opcodes } from '../client-frame.ts';
import type { Fleet, SuiteServer } from '../fleet.ts';
import { Peer, turns } from '../peer.ts';
import { inTime, type Row, row, SLACK_MS } from '../row.ts';
import { ALLOWED_ORIGIN } from '../suite-configs.ts';
import { unhealthy } from './drain.ts';
import { counted } from './http.ts';

/** How long a token that expires is good: a busy machine must get its owner in before that. */
const ROOM_SEC = 4;
/** Makes a token of some 7 KiB; Nginx takes lines of 8 KiB at most. */
const LONG_CLAIM_BYTES = 4800;
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const asSubprotocol = (token: string) => ({ headers: { 'Sec-WebSocket-Protocol': `bearer, ${token}` } });
const inSeconds = (fromNow: number) => Math.ceil(Date.now() / 1000) + fromNow;

async function statusOf(server: SuiteServer, headers: Readonly<Record<string, string>>): Promise<string> {
  const peer = await Peer.knock(server, { headers });
  peer.raw.destroy();
  return String(peer.raw.head?.status ?? 'no response');
}

async function talks(server: SuiteServer, options: Parameters<typeof Peer.open>[1]): Promise<Peer> {
  const peer = await Peer.open(server, options);
  peer.say('let in');
  await peer.message(1);
  return peer;
}

async function goodOnes(server: SuiteServer, issuer: Issuer): Promise<string> {
  const [one, two] = [await issuer.token(), await issuer.token()];
  const long = await issuer.token({ claims: { groups: 'g'.repeat(LONG_CLAIM_BYTES) } });
  for (const token of [one, long]) (await talks(server, bearer(token))).raw.destroy();
  const peer = await talks(server, asSubprotocol(two));
  peer.raw.destroy();
  return `all let in, answered with ${peer.raw.head?.headers['sec-websocket-protocol']}`;
}

/** Every bad token, in both places; the first that is not refused as it should be. */
async function badOnes(server: SuiteServer, issuer: Issuer): Promise<string> {
  for (const { name, make, status } of badTokens) {
    for (const place of [bearer, asSubprotocol]) {
      const { headers } = place(await make(issuer));
      const seen = await statusOf(server, headers as Record<string, string>);
      if (!isRefused(server, name, status, seen)) return `${name} gets ${seen}`;
    }
  }
  return 'each refused as it should be';
}

function isRefused(server: SuiteServer, name: string, status: number | '4xx', seen: string): boolean {
  if (seen === String(status)) return true;
  // What is too long may be refused before anybody looks for a token in it.
  if (/ KiB$/.test(name)) return /^4/.test(seen) || seen === 'no response';
  // What does not look like a token is none, and a client of Socket.IO may bring one later. An empty subprotocol is none.
  const none = /^(empty|no JWT|three empty parts|no signature)$|unsigned$/.test(name);
  return (
    none && (server.target.capabilities.wire === 'websocket' ? seen === '400' : /^(101|400)$/.test(seen))
  );
}

/** A token that is no good does not hide what else keeps a client out, and nobody looks at it then. */
async function refusedBefore(fleet: Fleet): Promise<string> {
  const issuer = await Issuer.start();
  const server = await fleet.with(
    issuer.config({ port: 0, originAllowList: [ALLOWED_ORIGIN], maxConnections: 3, drainSpreadMs: 5000 }),
  );
  const [good, bad] = [await issuer.token(), await issuer.token({ claims: { aud: 'another' } })];
  const from = (origin: string, token: string) => ({ ...bearer(token).headers, Origin: origin });
  const knock = (origin = ALLOWED_ORIGIN, at: SuiteServer = server) => statusOf(at, from(origin, bad));
  const foreign = await knock('https://elsewhere.example');
  const elsewhere = await knock(undefined, { ...server, url: `${server.url}/more` });
  const open = () => Peer.open(server, { headers: from(ALLOWED_ORIGIN, good) });
  const inside = [await open(), await open()];
  const alone = await knock();
  inside.push(await open());
  const full = await knock();
  process.kill(server.pid, 'SIGTERM');
  await unhealthy(server);
  const draining = await knock();
  for (const { raw } of inside) raw.destroy();
  await server.exited;
  return `${foreign} from another origin, ${elsewhere} at another path, ${full} where it is full, ${draining} in a drain, else ${alone}`;
}

/** When the peer was closed, after the token's end, and with which code. */
async function closedAt(peer: Peer, endsAtSec: number): Promise<string> {
  const { code } = await peer.end(SLACK_MS + 1000 * Math.max(0, endsAtSec - Date.now() / 1000));
  const lateMs = Date.now() - 1000 * endsAtSec;
  return `${code}, ${inTime('closed', lateMs, 0, SLACK_MS)}`;
}

async function expires(server: SuiteServer, issuer: Issuer): Promise<string> {
  const stays = await talks(server, bearer(await issuer.token()));
  const exp = inSeconds(ROOM_SEC);
  const peer = await talks(server, bearer(await issuer.token({ claims: { exp } })));
  const seen = await closedAt(peer, exp);
  stays.say('still here');
  await stays.message(2);
  stays.raw.destroy();
  const wrong = await counted(server, { 'ws_closes_total{code="3000"}': 1 });
  return wrong ?? `${seen}, another stays`;
}

/** A client that ignores the close frame, and tells its room something more. */
async function talksOn(server: SuiteServer, issuer: Issuer): Promise<string> {
  const query = { room: 'ended' };
  const claims = { exp: inSeconds(ROOM_SEC) };
  const stays = await Peer.open(server, { query, ...bearer(await issuer.token()) });
  const ends = await Peer.open(server, { query, ...bearer(await issuer.token({ claims })) });
  let closed = false;
  ends.raw.onFrame = ({ opcode }) => {
    closed ||= opcode === opcodes.close;
  };
  await ends.raw.until('a close frame', () => closed);
  ends.say('too late');
  await turns(server, 2);
  stays.say('in time');
  const { data } = await stays.message(1);
  ends.raw.destroy();
  const wrong = await counted(server, { 'ws_closes_total{code="3000"}': 1, ws_connections: 1 });
  stays.raw.destroy();
  return wrong ?? `${data}, counted as 3000`;
}

async function refreshed(server: SuiteServer, issuer: Issuer): Promise<string> {
  const [first, second] = [inSeconds(ROOM_SEC), inSeconds(2 * ROOM_SEC)];
  const peer = await talks(server, bearer(await issuer.token({ claims: { exp: first } })));
  peer.say(`Bearer ${await issuer.token({ claims: { exp: second } })}`);
  const seen = await closedAt(peer, second);
  return peer.messages.length === 1 ? seen : 'the token was echoed';
}

async function badlyRefreshed(server: SuiteServer, issuer: Issuer): Promise<string> {
  const codes: number[] = [];
  for (const claims of [{ iss: 'https://sso.example.com' }, { realm_access: {} }]) {
    const peer = await talks(server, bearer(await issuer.token()));
    peer.say(`Bearer ${await issuer.token({ claims })}`);
    codes.push((await peer.end()).code);
  }
  return codes.join(', then ');
}

async function issuerAway(server: SuiteServer, issuer: Issuer): Promise<string> {
  const known = await issuer.token();
  const stays = await talks(server, bearer(known));
  await issuer.goAway();
  await issuer.rotate();
  const unknown = await issuer.token();
  const deadlineMs = performance.now() + SLACK_MS;
  let status = '';
  // Until the keys are too old and cannot be fetched again, a token with an unknown key is refused.
  do status = await statusOf(server, bearer(unknown).headers);
  while (status === '401' && performance.now() < deadlineMs);
  stays.say('still here');
  await stays.message(2);
  stays.raw.destroy();
  const before = await statusOf(server, bearer(known).headers);
  await issuer.comeBack();
  let after = '';
  do after = await statusOf(server, bearer(unknown).headers);
  while (after !== '101' && performance.now() < deadlineMs);
  return `${status}, a known key ${before}, ${after} when it is back`;
}

/** Good tokens that are all looked at before one of their connections is open. */
async function moreThanFit(fleet: Fleet): Promise<string> {
  const issuer = await Issuer.start();
  const server = await fleet.with(issuer.config({ port: 0, maxConnections: 2 }));
  const token = await issuer.token();
  const peers = await Promise.all(Array.from({ length: 12 }, () => Peer.knock(server, bearer(token))));
  const statuses = peers.map(({ raw }) => raw.head?.status);
  for (const { raw } of peers) raw.destroy();
  await server.stop();
  const count = (status: number) => statuses.filter((one) => one === status).length;
  return `${count(101)} let in, ${count(503)} get 503`;
}

/** How often stderr tells of settings that keep good tokens out, while they meet several: in whose name, and the keys. */
async function told(fleet: Fleet): Promise<string> {
  const issuer = await Issuer.start();
  const [authIssuer, authKeysMaxAgeMs] = [`${issuer.url}/other`, 1000];
  const server = await fleet.with(issuer.config({ port: 0, authIssuer, authKeysMaxAgeMs }));
  const tokens = [await issuer.token(), await issuer.token()];
  const of = (sentence: string) =>
    server
      .stderr()
      .split('\n')
      .filter((line) => line.includes(sentence)).length;
  const doubts = () => of(`of the issuer "${issuer.url}", and authIssuer is "${authIssuer}"`);
  const away = () => of(`the keys at ${issuer.url}/certs cannot be had (`);
  const deadlineMs = performance.now() + SLACK_MS;
  const knock = async () => {
    for (const token of tokens) await statusOf(server, bearer(token).headers);
  };
  do await knock();
  while (doubts() === 0 && performance.now() < deadlineMs);
  await issuer.goAway();
  await issuer.rotate();
  tokens.push(await issuer.token());
  do await knock();
  while (away() === 0 && performance.now() < deadlineMs);
  // The keys are too old once more, and are asked for in vain again.
  await setTimeout(1.2 * authKeysMaxAgeMs);
  await knock();
  const leaks = tokens.some((token) => server.stderr().includes(token.slice(-40)));
  await server.stop();
  return `${doubts()} of the issuer, ${away()} of its keys${leaks ? ', with a token' : ''}`;
}

async function byProxy(fleet: Fleet): Promise<string> {
  const server = await fleet.with(parseConfig({ port: 0, authByProxy: true }));
  const exp = inSeconds(ROOM_SEC);
  const peer = await talks(server, { headers: { 'X-Token-Expires': String(exp) } });
  const without = await statusOf(server, {});
  const late = await statusOf(server, { 'X-Token-Expires': String(inSeconds(-2)) });
  const seen = await closedAt(peer, exp);
  await server.stop();
  return `${seen}; without its word ${without}, after it ${late}`;
}

/** A row on a server of its own that checks tokens of an issuer of its own. */
const onOwn = (
  name: string,
  expected: Parameters<typeof row>[2],
  run: (server: SuiteServer, issuer: Issuer) => Promise<string>,
): Row =>
  row('auth', name, expected, async (fleet) => {
    const issuer = await Issuer.start();
    const server = await fleet.with(issuer.config({ port: 0, authKeysMaxAgeMs: 1000 }));
    const seen = await run(server, issuer);
    await server.stop();
    return seen;
  });

/** auth*: which clients are admitted, and for how long. */
export const tokenRows: readonly Row[] = [
  onOwn(
    'a good token, in Authorization, as a subprotocol, and one of 7 KiB',
    'all let in, answered with bearer',
    goodOnes,
  ),
  onOwn(`${badTokens.length} bad tokens`, 'each refused as it should be', badOnes),
  row(
    'auth',
    'a bad token, and something else that keeps the client out',
    '403 from another origin, 404 at another path, 503 where it is full, 503 in a drain, else 401',
    refusedBefore,
  ),
  row('auth', 'more good tokens at once than maxConnections', '2 let in, 10 get 503', moreThanFit),
  onOwn(
    'no token',
    (c) => (c.wire === 'websocket' ? '401' : '101'),
    (server) => statusOf(server, {}),
  ),
  onOwn('a token that expires', '3000, closed in time, another stays', expires),
  onOwn('a room with one who talks on after the end of his token', 'in time, counted as 3000', talksOn),
  onOwn('a token that expires after a new one came in band', '3000, closed in time', refreshed),
  onOwn('bad tokens in band: foreign, without the role', '3000, then 3003', badlyRefreshed),
  onOwn('the issuer is away', '503, a known key 101, 101 when it is back', issuerAway),
  row(
    'auth',
    'sentences on stderr where authIssuer is wrong, and then its keys cannot be had',
    '1 of the issuer, 1 of its keys',
    told,
  ),
  row('auth', 'a proxy checks tokens', '3000, closed in time; without its word 401, after it 401', byProxy),
];
