import * as v from 'valibot';

// valibot and not zod: every server loads this before it listens, and its memory is published. Measured on Node
// 22.23: importing valibot 1.5 takes 5 ms and 1.9 MiB of RSS, zod 4.6 takes 51 ms and 14 MiB.

const whole = (min: number, max: number) =>
  v.pipe(
    v.number('a whole number'),
    v.integer('a whole number'),
    v.minValue(min, `at least ${min}`),
    v.maxValue(max, `at most ${max}`),
  );

const DAY_MS = 86_400_000;
const duration = (min: number, max = DAY_MS) => whole(min, max);

/** Text that goes into an Nginx config unescaped: nothing in it can end a string or a directive. */
const word = (pattern: string, wanted: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^(${pattern})?$`), `${wanted}, or empty`));
const url = word(
  String.raw`https?:\/\/[\w.:-]+(\/[\w.:\/~%-]*)?`,
  'a URL such as https://sso.example.com/realms/name',
);
const name = word(String.raw`[\w.:\/@-]+`, 'letters, digits and . : / @ _ -');

/** One setting: its schema, its default and the one sentence that help, README and errors are made from. */
export interface Option<T> {
  readonly schema: v.GenericSchema<T>;
  readonly default: T;
  readonly about: string;
}

const option = <T>(schema: v.GenericSchema<T>, fallback: T, about: string): Option<T> => ({
  schema,
  default: fallback,
  about,
});

/**
 * Every setting of a server and of the proxy before it. The defaults are the article's. Units are in the names:
 * `Ms` milliseconds, `Bytes` bytes.
 */
export const options = {
  host: option(v.pipe(v.string(), v.nonEmpty('an address')), '127.0.0.1', 'address to listen on'),
  port: option(whole(0, 65_535), 8000, 'port to listen on; 0 lets the system choose'),
  socketPath: option(
    word(String.raw`\/[\w./-]{1,106}`, 'an absolute path of at most 107 bytes'),
    '',
    'Unix socket to listen on beside the port; empty is none',
  ),
  path: option(
    v.pipe(v.string(), v.regex(/^\/[\w./-]*$/, 'a path such as /ws-notifications')),
    '/ws-notifications',
    'the only path that is upgraded; any other gets 404',
  ),
  pingPeriodMs: option(duration(10), 30_000, 'an idle connection is pinged at least this often'),
  pongWaitMs: option(duration(20), 60_000, 'a peer that sent no pong for this long is cut off'),
  writeWaitMs: option(duration(10), 15_000, 'a peer that accepts no queued bytes for this long is cut off'),
  readLimitBytes: option(
    whole(1, 0x7fff_ffff),
    65_536,
    'largest message accepted, counted after inflation; one byte more ends the connection with 1009; it may have as many fragments as bytes, and with deflate take twice as many bytes on the wire',
  ),
  maxBufferedBytes: option(
    whole(1024, 0x7fff_ffff),
    1_048_576,
    'most bytes that the server queues for one connection; above it the server stops reading from an echo peer, and cuts off a room member',
  ),
  deflateLevel: option(
    whole(0, 9),
    0,
    'permessage-deflate: 0 is off, 1 (fastest) to 9 (smallest) is the zlib level',
  ),
  deflateContextTakeover: option(
    v.boolean('true or false'),
    false,
    'permessage-deflate keeps its window between messages',
  ),
  deflateThresholdBytes: option(whole(0, 0x7fff_ffff), 0, 'smaller messages are sent uncompressed'),
  maxConnections: option(
    whole(0, 10_000_000),
    0,
    'most open connections; above it an upgrade gets 503; 0 is as many as descriptors allow',
  ),
  longPolling: option(
    v.boolean('true or false'),
    false,
    'Socket.IO: sessions over HTTP long-polling too, counted by maxConnections; false is WebSocket alone',
  ),
  originAllowList: option(
    v.array(v.pipe(v.string(), v.nonEmpty('an origin'))),
    [] as string[],
    'origins that may connect, comma-separated in the environment; any other gets 403; empty allows all',
  ),
  handshakeTimeoutMs: option(
    duration(50),
    10_000,
    'a client that has not finished its upgrade request by then is cut off',
  ),
  shutdownGraceMs: option(
    duration(0),
    10_000,
    'after SIGTERM every connection gets 1001, and the process ends within this time',
  ),
  drainSpreadMs: option(
    duration(0),
    5000,
    'after SIGTERM /healthz and upgrades get 503 at once, and open connections are closed evenly over this time; 0 closes all at once',
  ),
  redisUrl: option(
    word(String.raw`rediss?:\/\/([\w.%:-]+@)?[\w.:\[\]-]+(\/\d+)?`, 'a URL such as redis://127.0.0.1:6379'),
    '',
    'Redis that carries the messages of a room to every instance; empty keeps rooms within one instance',
  ),
  socketioAdapter: option(
    v.pipe(v.string(), v.regex(/^(sharded|streams)$/, 'sharded or streams')),
    'sharded',
    'Socket.IO with redisUrl: sharded (Redis 7 Pub/Sub), or streams, which also delivers what a client missed in up to two minutes of absence',
  ),
  authIssuer: option(
    url,
    '',
    'issuer of the tokens that are accepted, as in their `iss`; empty checks no token',
  ),
  authAudience: option(name, '', 'audience that a token must name in `aud`'),
  authRole: option(
    name,
    '',
    'role that a token must name in `realm_access.roles`, or it gets 403; empty needs none',
  ),
  authJwksUrl: option(url, '', 'URL of the issuer’s keys'),
  authKeysMaxAgeMs: option(
    duration(1000),
    10_000,
    'keys older than this are fetched again at the next token; if that fails, the known ones are used',
  ),
  authByProxy: option(
    v.boolean('true or false'),
    false,
    'a proxy checks tokens: a connection ends at the time in its X-Token-Expires header, and one without it gets 401',
  ),
  proxyReadTimeoutMs: option(
    duration(10),
    90_000,
    'Nginx proxy_read_timeout: it cuts a connection that is silent for this long',
  ),
  proxySendTimeoutMs: option(duration(10), 90_000, 'Nginx proxy_send_timeout'),
  proxyKeepaliveConnections: option(
    whole(0, 65_535),
    16,
    'Nginx keepalive: idle connections to the servers that each worker keeps; only plain HTTP requests reuse them; 0 is none',
  ),
  proxyConnectionsPerAddress: option(
    whole(0, 1_000_000),
    0,
    'Nginx limit_conn: open connections of one client address; above it an upgrade gets 429; 0 is no limit',
  ),
  proxyHandshakesPerSec: option(
    whole(0, 1_000_000),
    0,
    'Nginx limit_req: upgrades a second of one client address; above it they get 429; 0 is no limit',
  ),
  proxyHandshakeBurst: option(
    whole(0, 1_000_000),
    0,
    'Nginx limit_req burst: upgrades of one client address that are admitted at once above that rate',
  ),
  proxyIntrospectionUrl: option(
    url,
    '',
    'URL where the auth service of Nginx asks whether a token is still valid; empty checks the signature instead',
  ),
  proxyIntrospectionCacheMs: option(
    duration(0),
    10_000,
    'how long Nginx caches a yes of the auth service; a revoked token is admitted that much longer',
  ),
} as const satisfies Record<
  string,
  Option<never> | Option<number> | Option<string> | Option<boolean> | Option<string[]>
>;

type Options = typeof options;

/** The name of a setting. */
export type OptionName = keyof Options;

type Widen<T> = T extends Option<infer U> ? U : never;

/** The whole configuration of a server and its proxy, valid by construction: made by `parseConfig` only. */
export type ServerConfig = { readonly [K in OptionName]: Widen<Options[K]> };

/** All names, in the order in which help and tables print them. */
export const optionNames = Object.keys(options) as OptionName[];
