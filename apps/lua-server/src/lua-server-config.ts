import type { ServerConfig } from '@ws-arena/config/options';
import { readMachine } from '@ws-arena/infra/machine-reading';
import type { NginxModules } from '@ws-arena/infra/nginx-modules';
import { block, time } from '@ws-arena/infra/nginx-text';
import { issuerKeys } from '@ws-arena/infra/token-checker';

/** Descriptors of Nginx' own: the log, the listening socket, the event queue. */
const OWN_DESCRIPTORS = 16;

/**
 * The nginx.conf of the server: one process, so that one Lua state holds every room.
 * @param folder the prefix that Nginx runs in.
 * @param scripts where the Lua modules are, of this server and of those that check tokens.
 */
export function luaServerConfig(
  config: ServerConfig,
  modules: NginxModules,
  folder: string,
  scripts: readonly string[],
): string {
  const connections = readMachine().descriptors - OWN_DESCRIPTORS;
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `${[
    `load_module ${modules.folder}/ndk_http_module.so;`,
    `load_module ${modules.folder}/ngx_http_lua_module.so;`,
    'daemon off;',
    'master_process off;',
    'pid nginx.pid;',
    'error_log stderr warn;',
    'env WS_LUA_SETTINGS;',
    block('events', [`worker_connections ${connections};`]),
    block('http', [
      'access_log off;',
      'server_tokens off;',
      ...kinds.map((kind) => `${kind}_temp_path temp/${kind};`),
      `lua_package_path "${[...scripts, modules.lua].map((path) => `${path}/?.lua`).join(';')};;";`,
      `lua_package_cpath "${modules.luaC}/?.so;;";`,
      'lua_socket_log_errors off;',
      'lua_max_pending_timers 65536;',
      'lua_max_running_timers 4096;',
      'init_by_lua_block { require "server" }',
      'init_worker_by_lua_block { require("server").start() }',
      block('server', serverLines(config)),
      ...(config.authIssuer === '' ? [] : [block('server', keyLines(config, folder))]),
    ]),
  ].join('\n')}\n`;
}

function serverLines(config: ServerConfig): string[] {
  const handshake = time(config.handshakeTimeoutMs);
  return [
    `listen ${config.host}:${config.port} backlog=65535;`,
    ...(config.socketPath === '' ? [] : [`listen unix:${config.socketPath} backlog=65535;`]),
    `client_header_timeout ${handshake};`,
    `client_body_timeout ${handshake};`,
    `keepalive_timeout ${handshake};`,
    // After a close frame what the peer still sends is read, or a reset would take the frame from it (RFC 6455, 7.1.1).
    'lingering_close always;',
    'lingering_time 2s;',
    'lingering_timeout 1s;',
    // A peer that is cut off gets a reset: a FIN would wait behind what it does not read.
    'reset_timedout_connection on;',
    block(`location = ${config.path}`, [
      'content_by_lua_block { require("server").serve() }',
      'log_by_lua_block { require("server").over() }',
    ]),
    block('location = /healthz', [
      'default_type text/plain;',
      'content_by_lua_block { require("server").healthz() }',
    ]),
    block('location = /metrics', ['content_by_lua_block { require("metrics").say() }']),
    block('location /', ['content_by_lua_block { require("server").nothing_here() }']),
  ];
}

/** Where tokens.lua gets the issuer's keys; what goes wrong there it says itself. */
function keyLines(config: ServerConfig, folder: string): string[] {
  return [
    `listen unix:${folder}/keys.sock;`,
    'error_log stderr crit;',
    block('location /', issuerKeys(config)),
  ];
}
