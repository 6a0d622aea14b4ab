import type { Dialect } from '@ws-arena/wire/dialect';
import { upgradeRequest } from '../suite/upgrade.ts';
import { wireForms } from '../suite/wire-form.ts';
import type { Random } from './random.ts';

const QUERIES: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  {},
  { room: 'fuzz' },
  { push: '20' },
  { push: '20', bytes: '1000' },
];
const ODD_QUERIES: readonly Readonly<Record<string, string>>[] = [
  { room: '' },
  { room: 'a', push: '200' },
  { push: '0' },
  { push: '10', bytes: '9223372036854775807' },
  { push: '10', bytes: '1000000000' },
  { push: '10', bytes: '-1' },
  { push: '1e9' },
  { transport: 'polling' },
  { transport: 'webtransport' },
  { EIO: '3' },
  { sid: '' },
  { sid: 'x' },
  { ['__proto__']: 'x', b64: '1', j: '0' },
];
const OFFERS = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
];
const ODD_OFFERS = [
  'permessage-deflate; server_max_window_bits=8',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflate; server_max_window_bits="10"; server_max_window_bits=10',
  'permessage-deflate; x, permessage-deflate',
  'permessage-deflate;;,,',
  'x-webkit-deflate-frame',
  '"',
];
const ODD_HEADERS: readonly Readonly<Record<string, string | undefined>>[] = [
  { Host: undefined },
  { Upgrade: 'h2c' },
  { Upgrade: undefined },
  { Connection: 'keep-alive, Upgrade' },
  { Connection: undefined },
  { 'Sec-WebSocket-Key': 'x' },
  { 'Sec-WebSocket-Key': undefined },
  { 'Sec-WebSocket-Version': '8' },
  { 'Sec-WebSocket-Version': undefined },
  { 'Sec-WebSocket-Protocol': ',,"' },
  { 'Content-Length': '4' },
  { 'Content-Length': '-1' },
  { 'Transfer-Encoding': 'chunked' },
  { Expect: '100-continue' },
  { Origin: 'null' },
  { 'X-Long': 'x'.repeat(20_000) },
];
const PATHS = [
  '/',
  '/healthz',
  '/metrics',
  '/%00',
  '//',
  '*',
  '/ws-notifications/',
  '/ws-notifications%2f',
  'http://x/',
];
const METHODS = ['GET', 'POST', 'OPTIONS', 'HEAD', 'PUT', 'CONNECT', 'PRI', 'get'];

/** A request that a server of `dialect` grants. */
export function goodRequest(random: Random, dialect: Dialect, path: string, deflate: boolean): Buffer {
  const target = wireForms[dialect].upgradePath(path, random.pick(QUERIES));
  return request(target, deflate ? { 'Sec-WebSocket-Extensions': random.pick(OFFERS) } : {});
}

/** A request with some things wrong, and now and then nothing. */
export function oddRequest(random: Random, dialect: Dialect, path: string): Buffer {
  const query = random.pick(random.percent(60) ? ODD_QUERIES : QUERIES);
  const target = random.percent(80) ? wireForms[dialect].upgradePath(path, query) : random.pick(PATHS);
  const offer = random.percent(40) ? { 'Sec-WebSocket-Extensions': random.pick(ODD_OFFERS) } : {};
  const odd = random.percent(50) ? Object.assign({}, ...random.some(3, () => random.pick(ODD_HEADERS))) : {};
  const start = random.percent(80)
    ? {}
    : { method: random.pick(METHODS), version: random.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'X']) };
  const times = random.percent(90) ? 1 : 1 + random.below(20);
  return Buffer.concat(Array.from({ length: times }, () => request(target, { ...offer, ...odd }, start)));
}

function request(
  target: string,
  headers: Readonly<Record<string, string | undefined>>,
  start: { readonly method?: string; readonly version?: string } = {},
): Buffer {
  return Buffer.from(upgradeRequest('127.0.0.1', target, { ...start, headers }), 'latin1');
}
