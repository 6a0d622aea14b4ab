import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';
import { balanceDirective, type Routing, stickyRoutings } from './balance-method.ts';
import { clientLimits, clientLimitZones } from './client-limits.ts';
import { block, spaced, time } from './nginx-text.ts';
import { routeCookie, routeMaps } from './route-cookie.ts';
import {
  checkerGate,
  checkerHttp,
  checkerLocations,
  checkerModules,
  type TokenChecker,
} from './token-checker.ts';

/** TLS towards the clients; the way to the upstreams stays plain. */
export interface TlsOptions {
  readonly certificate: string;
  readonly key: string;
  readonly versions: readonly ('TLSv1.2' | 'TLSv1.3')[];
  /** Whether a client that comes back may resume its session, by ticket or by the cache. */
  readonly sessionReuse: boolean;
}

/** What a config is rendered from, beside the settings that servers and proxy share. Nothing here is read from a machine. */
export interface NginxConfigOptions {
  /** `run` is a process on this machine, `compose` resolves a service name while it runs (Nginx 1.27.3 or later). */
  readonly variant: 'run' | 'compose';
  /** `host:port` or `unix:/path` of each instance; for `compose` the one name that stands for all replicas. */
  readonly upstreams: readonly string[];
  readonly method: Routing;
  /** Variables that the method `hash` keys on. */
  readonly hashKey?: string;
  /** `address:port` or `port`, each of them. */
  readonly listen: readonly string[];
  /** `address:port` of the status page, on a server of its own so that no client reaches it. */
  readonly stubStatus: string;
  readonly tls?: TlsOptions;
  /** Absent leaves tokens to the servers. */
  readonly tokenChecker?: TokenChecker;
  readonly workerProcesses: number | 'auto';
  readonly workerConnections: number;
  readonly descriptors: number;
  /** Source addresses towards the upstreams, where the ports of one would run out. */
  readonly proxyBind?: readonly string[];
  /** How long an old worker keeps its connections after a reload; absent is for ever, which is Nginx's default. */
  readonly workerShutdownTimeoutMs?: number;
  /** `max_fails`: after so many refused connections an instance is left out. Default 0: it never is. */
  readonly maxFails?: number;
  /**
   * `proxy_buffer_size`: one such buffer in each direction of a socket, and the most that is passed on at once.
   * A multiple of 1024.
   */
  readonly bufferBytes?: number;
  /** The account of the workers, only when the master is root. */
  readonly user?: string;
}

const UPSTREAM = 'ws_server';
const HEALTH_PATH = '/healthz';
/** Queue of the listening sockets; the kernel caps it at net.core.somaxconn. */
const BACKLOG = 65_535;
const BUFFER_BYTES = 16_384;
/**
 * Nginx takes an instance back that it left out when a request to it has ended (`ngx_http_upstream_free_round_robin_peer`),
 * and lets one through in each `fail_timeout` until then. A WebSocket does not end: so the instance stays out, and when
 * each was replaced once, all are. A refused connection costs nothing: the next instance is asked at once.
 */
const MAX_FAILS = 0;

/**
 * The text of nginx.conf. Paths in it are relative to the prefix (`nginx -p`). The why of each line is docs/nginx.md.
 * @throws ConfigError for long-polling with a method that would split its sessions.
 */
export function nginxConfig(config: ServerConfig, options: NginxConfigOptions): string {
  const several = options.variant === 'compose' || options.upstreams.length > 1;
  if (config.longPolling && several && !stickyRoutings.includes(options.method))
    throw new ConfigError(
      `longPolling is true and the method is ${options.method}; wanted: ${stickyRoutings.join(', ')}, because all requests of a session must meet one instance`,
    );
  return `${[
    ...mainLines(options),
    '',
    block('events', [`worker_connections ${options.workerConnections};`]),
    '',
    block('http', httpLines(config, options)),
  ].join('\n')}\n`;
}

function mainLines(o: NginxConfigOptions): string[] {
  return [
    '# Rendered from packages/config by `pnpm infra render`; the why of each line is in docs/nginx.md.',
    ...(o.tokenChecker ? checkerModules(o.tokenChecker) : []),
    ...(o.user ? [`user ${o.user};`] : []),
    `worker_processes ${o.workerProcesses};`,
    `worker_rlimit_nofile ${o.descriptors};`,
    ...(o.workerShutdownTimeoutMs === undefined
      ? []
      : [`worker_shutdown_timeout ${time(o.workerShutdownTimeoutMs)};`]),
    o.variant === 'run' ? 'pid nginx.pid;' : 'pid /tmp/nginx.pid;',
    'error_log stderr notice;',
  ];
}

function httpLines(config: ServerConfig, o: NginxConfigOptions): string[] {
  const temp = o.variant === 'run' ? 'temp' : '/tmp';
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'access_log off;',
    'server_tokens off;',
    ...kinds.map((kind) => `${kind}_temp_path ${temp}/${kind};`),
    ...(o.variant === 'compose' ? ['resolver 127.0.0.11 valid=5s ipv6=off;'] : []),
    '',
    block('map $http_upgrade $connection_upgrade', ['default upgrade;', "''      close;"]),
    '',
    ...spaced(clientLimitZones(config)),
    ...(o.tokenChecker
      ? checkerHttp(o.tokenChecker, config, { temp, resolve: o.variant === 'compose' })
      : []),
    ...(o.method === 'cookie' ? routeMaps({ path: config.path, secure: o.tls !== undefined }) : []),
    ...sourceAddresses(o),
    block(`upstream ${UPSTREAM}`, upstreamLines(config, o)),
    '',
    block('server', serverLines(config, o)),
    '',
    block('server', [
      `listen ${o.stubStatus};`,
      block('location = /status', ['stub_status;']),
      block('location /', ['return 404;']),
    ]),
  ];
}

function sourceAddresses(o: NginxConfigOptions): string[] {
  const addresses = o.proxyBind ?? [];
  if (addresses.length < 2) return [];
  const share = (100 / addresses.length).toFixed(2);
  const lines = addresses.map((address, i) =>
    i === addresses.length - 1 ? `* ${address};` : `${share}% ${address};`,
  );
  return spaced([block('split_clients $remote_addr:$remote_port $source_address', lines)]);
}

function upstreamLines(config: ServerConfig, o: NginxConfigOptions): string[] {
  const directive = balanceDirective(o.method, o.hashKey ?? '$remote_addr');
  const resolve = o.variant === 'compose' ? ' resolve' : '';
  const maxFails = o.maxFails ?? MAX_FAILS;
  return [
    `zone ${UPSTREAM} 256k;`,
    ...(directive ? [directive] : []),
    ...o.upstreams.map((upstream) => `server ${upstream}${resolve} max_fails=${maxFails};`),
    ...(config.proxyKeepaliveConnections > 0 ? [`keepalive ${config.proxyKeepaliveConnections};`] : []),
  ];
}

function serverLines(config: ServerConfig, o: NginxConfigOptions): string[] {
  const proxyPass = [
    `proxy_pass http://${UPSTREAM};`,
    'proxy_http_version 1.1;',
    ...(o.proxyBind && o.proxyBind.length > 0
      ? [`proxy_bind ${o.proxyBind.length > 1 ? '$source_address' : o.proxyBind[0]};`]
      : []),
  ];
  const bufferBytes = o.bufferBytes ?? BUFFER_BYTES;
  return [
    ...o.listen.map((at) => `listen ${at}${o.tls ? ' ssl' : ''} reuseport backlog=${BACKLOG};`),
    ...(o.tls ? tlsLines(o.tls) : []),
    `client_header_timeout ${time(config.handshakeTimeoutMs)};`,
    `client_max_body_size ${config.readLimitBytes};`,
    `send_timeout ${time(config.proxySendTimeoutMs)};`,
    `proxy_connect_timeout ${time(config.handshakeTimeoutMs)};`,
    `proxy_read_timeout ${time(config.proxyReadTimeoutMs)};`,
    `proxy_send_timeout ${time(config.proxySendTimeoutMs)};`,
    'proxy_buffering off;',
    `proxy_buffer_size ${bufferBytes / 1024}k;`,
    `proxy_buffers 8 ${bufferBytes / 1024}k;`,
    `proxy_busy_buffers_size ${(2 * bufferBytes) / 1024}k;`,
    '',
    block(`location ${config.path}`, [
      ...clientLimits(config),
      ...(o.method === 'cookie' ? routeCookie : []),
      ...(o.tokenChecker ? checkerGate(o.tokenChecker, config) : []),
      ...proxyPass,
      'proxy_next_upstream error timeout http_503;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
      ...forwardedHeaders,
    ]),
    block(`location = ${HEALTH_PATH}`, [
      ...proxyPass,
      'proxy_set_header Connection "";',
      ...forwardedHeaders,
    ]),
    ...(o.tokenChecker ? checkerLocations(o.tokenChecker, config) : []),
    ...(config.path === '/' ? [] : [block('location /', ['return 404;'])]),
  ];
}

const forwardedHeaders = [
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
];

function tlsLines(tls: TlsOptions): string[] {
  return [
    `ssl_certificate ${tls.certificate};`,
    `ssl_certificate_key ${tls.key};`,
    `ssl_protocols ${tls.versions.join(' ')};`,
    `ssl_session_cache ${tls.sessionReuse ? 'shared:tls:10m' : 'off'};`,
    `ssl_session_tickets ${tls.sessionReuse ? 'on' : 'off'};`,
    'ssl_session_timeout 1h;',
  ];
}
