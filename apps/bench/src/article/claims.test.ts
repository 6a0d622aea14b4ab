// The rules by which figures become verdicts; and three experiments for real.
import { nginxHere } from '@ws-arena/infra/testing/nginx-here';
import { describe, expect, test } from 'vitest';
import { SharedBed } from '../processes/test-bed.ts';
import { NotTried } from './claim.ts';
import { dockerDns } from './claims/docker-dns.ts';
import { ipHashBalances, ipHashNeeded } from './claims/ip-hash.ts';
import { stubStatus } from './claims/stub-status.ts';
import { threeAndTen } from './claims/three-and-ten.ts';
import { pingDetects, pingsKeep, sixtySeconds, timeoutOrder } from './claims/timeouts.ts';
import { buffering, locationSlash, upgradeHeaders } from './claims/upgrade.ts';
import { writeDeadline } from './claims/write-deadline.ts';
import { claims } from './claims.ts';
import './testing/deflate-cases.ts';
import './testing/figure-cases.ts';
import { judged, tested } from './testing/judged.ts';
import { tryClaim } from './try-claims.ts';

judged(
  upgradeHeaders,
  {
    'with the lines': 101,
    'without Upgrade': 404,
    'without Connection': 404,
    'without proxy_http_version 1.1': 404,
  },
  [
    ['holds', {}],
    ['holds', { 'without proxy_http_version 1.1': 101 }],
    ['holds if', { 'without Connection': 101 }],
    ['does not hold', { 'without Connection': 101, 'without Upgrade': 101 }],
    ['does not hold', { 'with the lines': 404 }],
  ],
);

judged(locationSlash, { 'the article’s own call, without the slash': 101, 'with the slash': 101 }, [
  ['holds', {}],
  ['holds if', { 'the article’s own call, without the slash': 301 }],
  ['does not hold', { 'the article’s own call, without the slash': 301, 'with the slash': 404 }],
]);

judged(
  buffering,
  {
    'CPU of server and Nginx per message, off': 1,
    'the same, on': 1,
    'on ÷ off': 1,
    'p99, off': 1,
    'p99, on': 1,
    'p99, on ÷ off': [1, 0.8, 1.2],
    'p50, on ÷ off': [1, 0.95, 1.05],
  },
  [
    ['does not hold', {}],
    ['undecided', { 'p50, on ÷ off': [1, 0.5, 3] }],
    ['holds if', { 'p50, on ÷ off': [1.4, 1.2, 1.6] }],
    ['holds', { 'p50, on ÷ off': [40, 20, 60] }],
  ],
);

judged(
  sixtySeconds,
  {
    'silent connection: cut after': 60.01e9,
    'close code': 1006,
    'one that says something each 25 s: open after 70 s': 1,
  },
  [
    ['holds', {}],
    ['holds if', { 'one that says something each 25 s: open after 70 s': 0 }],
    ['does not hold', { 'silent connection: cut after': 0 }],
    ['does not hold', { 'silent connection: cut after': 30e9 }],
  ],
);

judged(
  timeoutOrder,
  {
    'clients kept of 5, proxy_read_timeout 90 s': 5,
    'kept, 45 s: below pongWait, above the ping period': 5,
    'kept, 15 s: below the ping period': 0,
    'client without pongs, 45 s: cut after (unscaled)': 60e9,
  },
  [
    ['does not hold', {}],
    ['does not hold', { 'clients kept of 5, proxy_read_timeout 90 s': 0 }],
    ['holds', { 'kept, 45 s: below pongWait, above the ping period': 0 }],
    ['holds if', { 'kept, 45 s: below pongWait, above the ping period': 3 }],
    ['undecided', { 'client without pongs, 45 s: cut after (unscaled)': 90e9 }],
  ],
);

judged(
  pingsKeep,
  {
    'with pings: kept of 5 for four timeouts': 5,
    'without: kept': 0,
    'without: cut after, in timeouts of Nginx': 1,
  },
  [
    ['holds', {}],
    ['holds if', { 'without: kept': 1 }],
    ['undecided', { 'without: cut after, in timeouts of Nginx': 1.5 }],
    ['does not hold', { 'with pings: kept of 5 for four timeouts': 4 }],
  ],
);

judged(
  pingDetects,
  {
    'ping each 30 s, pongWait 60 s: noticed after': 50e9,
    'ping each 5 s, pongWait 60 s': 58e9,
    'ping each 5 s, pongWait 15 s': 14e9,
  },
  [
    ['holds if', {}],
    ['holds', { 'ping each 5 s, pongWait 60 s': 20e9 }],
    ['does not hold', { 'ping each 5 s, pongWait 15 s': 60e9 }],
    ['undecided', { 'ping each 5 s, pongWait 60 s': 80e9 }],
  ],
);

judged(
  writeDeadline,
  {
    'no deadline: stuck goroutines of a client': 2,
    'no deadline: memory of a client': 1e6,
    'no deadline: left of a client that has gone': 1,
    'with the article’s deadline: stuck goroutines of a client': 1,
    'with it: left of a client that has gone': 1,
    'with it, and the reader ended too: stuck goroutines of a client': 0,
  },
  [
    ['holds if', {}],
    ['holds', { 'with the article’s deadline: stuck goroutines of a client': 0 }],
    ['does not hold', { 'no deadline: stuck goroutines of a client': 0 }],
    ['does not hold', { 'with it, and the reader ended too: stuck goroutines of a client': 2 }],
  ],
);

judged(
  stubStatus,
  {
    'WebSockets open': 50,
    'Active connections on the page': 51,
    Writing: 51,
    Waiting: 0,
    'Active with no client at all': 1,
    'Active after all have gone': 1,
  },
  [
    ['holds if', {}],
    ['holds', { 'Active connections on the page': 50, 'Active with no client at all': 0 }],
    ['does not hold', { 'Active connections on the page': 101 }],
  ],
);

judged(
  ipHashNeeded,
  {
    'open connections that changed their instance, least_conn': 0,
    'clients that come back to their instance, least_conn': 0.3,
    'the same, ip_hash': 1,
    'messages that reach the members of a room, ip_hash': 0.3,
  },
  [
    ['holds if', {}],
    ['does not hold', { 'the same, ip_hash': 0.3 }],
    ['holds', { 'open connections that changed their instance, least_conn': 4 }],
  ],
);

judged(
  ipHashBalances,
  {
    'largest share of one of 3 instances, clients of one /24, ip_hash': 1,
    'the same, least_conn': 0.33,
    'clients of many networks, ip_hash': 0.34,
    'coefficient of variation, one /24, ip_hash': 1.4,
    'coefficient of variation, many networks, ip_hash': 0.1,
  },
  [
    ['holds if', {}],
    ['holds', { 'largest share of one of 3 instances, clients of one /24, ip_hash': 0.4 }],
    ['does not hold', { 'clients of many networks, ip_hash': 0.9 }],
  ],
);

judged(
  dockerDns,
  {
    'replicas in the name when Nginx starts: with clients': 3,
    'replicas after the name has grown from 1 to 3: with clients': 1,
    'the same after a reload': 3,
    'a name that is not there yet: Nginx starts': 0,
  },
  [
    ['holds if', {}],
    ['holds', { 'replicas after the name has grown from 1 to 3: with clients': 3 }],
    ['does not hold', { 'replicas in the name when Nginx starts: with clients': 1 }],
  ],
);

judged(
  threeAndTen,
  {
    'largest share of one of the 3 servers': 0.34,
    'messages lost of those sent': 0,
    'messages/s offered to 3 servers by 10 generators': 3000,
    'echoes/s, 3 servers and 10 generators': 30_000,
    'echoes/s, 3 servers and 1 generator': 30_000,
    'echoes/s, 1 server and 1 generator': 28_000,
  },
  [
    ['holds if', {}],
    ['holds', { 'echoes/s, 1 server and 1 generator': 10_000 }],
    ['does not hold', { 'messages lost of those sent': 1 }],
    ['does not hold', { 'largest share of one of the 3 servers': 0.8 }],
  ],
);

test('the verdicts of every claim are tested, and its name stands once', () => {
  expect(claims.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
});

describe('an experiment', () => {
  const shared = new SharedBed(new AbortController().signal);

  test.runIf(nginxHere).each([
    [upgradeHeaders, 'holds'],
    [locationSlash, 'does not hold'],
    [stubStatus, 'holds if'],
  ] as const)('$id, for real', { timeout: 60_000 }, async (claim, verdict) => {
    expect(await tryClaim(claim, shared)).toMatchObject({ id: claim.id, outcome: verdict });
  });

  test('that lacks its means is not tried, and one that breaks off has failed: the others go on', async () => {
    const none = { ...stubStatus, measure: () => bedless(new NotTried('there is no Nginx')) };
    const broken = { ...stubStatus, measure: () => bedless(new Error('no connection')) };
    expect(await tryClaim(none, shared)).toMatchObject({
      outcome: 'not tried',
      because: 'there is no Nginx',
    });
    expect(await tryClaim(broken, shared)).toMatchObject({ outcome: 'failed', because: 'no connection' });
  });
});

const bedless = (error: Error) => Promise.reject<never>(error);
