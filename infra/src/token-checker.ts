import type { ServerConfig } from '@ws-arena/config/options';
import type { NginxModules } from './nginx-modules.ts';
import { block } from './nginx-text.ts';

/**
 * Who checks tokens before Nginx lets an upgrade through: an auth service at `host:port` that `auth_request` asks, or a
 * script of this folder's `nginx/` that runs in Nginx itself. All do the same: 401, 403, 503, or on to the server with
 * `X-Token-Expires` and without the token.
 */
export type TokenChecker =
  | { readonly kind: 'auth-service'; readonly address: string }
  | { readonly kind: 'njs' | 'lua'; readonly modules: NginxModules; readonly scripts: string };

/** Where the certificates are that an issuer's own must go back to. */
const TRUSTED = '/etc/ssl/certs/ca-certificates.crt';
const bearer = '~*^\\s*bearer\\s*,';

/** Lines for the top of nginx.conf. */
export function checkerModules(checker: TokenChecker): string[] {
  if (checker.kind === 'auth-service') return [];
  const { folder } = checker.modules;
  const names = checker.kind === 'njs' ? ['ngx_http_js_module'] : ['ndk_http_module', 'ngx_http_lua_module'];
  return names.map((name) => `load_module ${folder}/${name}.so;`);
}

/** Lines for the `http` block; `temp` is a folder that Nginx may write to, `resolve` looks names up again and again. */
export function checkerHttp(
  checker: TokenChecker,
  config: ServerConfig,
  { temp, resolve }: { readonly temp: string; readonly resolve: boolean },
): string[] {
  return [
    // The client that brought its token as a subprotocol wants `bearer` as the answer, and the server must not see it.
    block('map $http_sec_websocket_protocol $token_protocol', [`"${bearer}" bearer;`, "default '';"]),
    block('map $http_sec_websocket_protocol $other_protocols', [
      `"${bearer}" '';`,
      'default $http_sec_websocket_protocol;',
    ]),
    ...kindHttp(checker, config, temp, resolve),
    '',
  ];
}

function kindHttp(checker: TokenChecker, config: ServerConfig, temp: string, resolve: boolean): string[] {
  const cache = 'inactive=1d use_temp_path=off;';
  switch (checker.kind) {
    case 'auth-service':
      return [
        block('upstream auth_service', [
          ...(resolve ? ['zone auth_service 64k;'] : []),
          `server ${checker.address}${resolve ? ' resolve' : ''};`,
          'keepalive 16;',
        ]),
        ...(keepsAnswers(config)
          ? [`proxy_cache_path ${temp}/auth keys_zone=auth:10m max_size=64m ${cache}`]
          : []),
      ];
    case 'njs':
      return [
        `js_path ${checker.scripts};`,
        'js_import token.js;',
        `proxy_cache_path ${temp}/keys keys_zone=keys:1m max_size=1m ${cache}`,
      ];
    case 'lua':
      return [
        `lua_package_path "${checker.scripts}/?.lua;${checker.modules.lua}/?.lua;;";`,
        `lua_package_cpath "${checker.modules.luaC}/?.so;;";`,
      ];
  }
}

/** Lines for the `server` block: where a token is checked, and where the issuer's keys come from. */
export function checkerLocations(checker: TokenChecker, config: ServerConfig): string[] {
  switch (checker.kind) {
    case 'auth-service':
      return [authServiceLocation(config), block('location @unavailable', ['return 503;'])];
    case 'njs':
      return [
        block('location = /_auth', [
          'internal;',
          `set $token_issuer "${config.authIssuer}";`,
          `set $token_audience "${config.authAudience}";`,
          `set $token_role "${config.authRole}";`,
          'js_content token.check;',
        ]),
        keysLocation(config, [
          'proxy_cache keys;',
          'proxy_cache_key keys;',
          // Else each WebSocket would keep a descriptor of the file open.
          'open_file_cache max=16 inactive=60s;',
          `proxy_cache_valid 200 ${wholeSeconds(config.authKeysMaxAgeMs)}s;`,
          'proxy_cache_use_stale updating error timeout invalid_header http_403 http_404 http_429 http_500 http_502 http_503 http_504;',
          'proxy_ignore_headers Cache-Control Expires X-Accel-Expires Set-Cookie Vary;',
        ]),
        block('location @unavailable', ['return 503;']),
      ];
    case 'lua':
      return [keysLocation(config, [])];
  }
}

/**
 * Whether Nginx keeps the answers of the auth service: only what the issuer was asked for is worth it, and a lock on what
 * is never kept would make clients wait for each other. A WebSocket then keeps the file of its answer open.
 */
export function keepsAnswers({ proxyIntrospectionUrl, proxyIntrospectionCacheMs }: ServerConfig): boolean {
  return proxyIntrospectionUrl !== '' && proxyIntrospectionCacheMs > 0;
}

function authServiceLocation(config: ServerConfig): string {
  const cached = keepsAnswers(config);
  return block('location = /_auth', [
    'internal;',
    'proxy_pass http://auth_service/;',
    ...plainRequest,
    // All that may carry a token and nothing else: what the service sees is what the answer is kept for.
    'proxy_set_header Authorization $http_authorization;',
    'proxy_set_header Sec-WebSocket-Protocol $http_sec_websocket_protocol;',
    ...(cached
      ? [
          'proxy_buffering on;',
          'proxy_cache auth;',
          'proxy_cache_key "$http_authorization $http_sec_websocket_protocol";',
          'proxy_cache_lock on;',
          'proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;',
        ]
      : []),
  ]);
}

function keysLocation(config: ServerConfig, cache: readonly string[]): string {
  return block('location = /_keys', [
    'internal;',
    ...issuerKeys(config),
    'proxy_buffering on;',
    'subrequest_output_buffer_size 64k;',
    ...cache,
  ]);
}

/** Lines for a location that answers with the keys of the issuer. */
export function issuerKeys({ authJwksUrl }: ServerConfig): string[] {
  const secure = authJwksUrl.startsWith('https:');
  return [
    `proxy_pass ${authJwksUrl};`,
    ...plainRequest,
    ...(secure
      ? [
          'proxy_ssl_server_name on;',
          'proxy_ssl_verify on;',
          'proxy_ssl_verify_depth 3;',
          `proxy_ssl_trusted_certificate ${TRUSTED};`,
        ]
      : []),
  ];
}

/** A GET of Nginx' own: nothing of the client's request goes along. */
const plainRequest = [
  'proxy_method GET;',
  'proxy_http_version 1.1;',
  'proxy_pass_request_headers off;',
  'proxy_pass_request_body off;',
  'proxy_set_header Content-Length "";',
  'proxy_set_header Connection "";',
  'proxy_connect_timeout 2s;',
  'proxy_read_timeout 5s;',
];

/** Lines for the location of the WebSockets. */
export function checkerGate(checker: TokenChecker, config: ServerConfig): string[] {
  const gate =
    checker.kind === 'lua'
      ? [
          "set $token_expires '';",
          block('access_by_lua_block', [
            'require("token").check {',
            `    issuer = "${config.authIssuer}", audience = "${config.authAudience}", role = "${config.authRole}",`,
            `    keys_url = "${config.authJwksUrl}", keys_max_age_sec = ${config.authKeysMaxAgeMs / 1000},`,
            '}',
          ]),
        ]
      : [
          'auth_request /_auth;',
          'auth_request_set $token_expires $sent_http_x_token_expires;',
          // auth_request knows 401 and 403; any other answer is a 500, and means that nobody could tell.
          'error_page 500 =503 @unavailable;',
          // Of an answer that a script gives, auth_request does not pass this one on.
          ...(checker.kind === 'njs'
            ? [
                'auth_request_set $challenge $sent_http_www_authenticate;',
                'add_header WWW-Authenticate $challenge always;',
              ]
            : []),
        ];
  return [
    ...gate,
    'proxy_set_header X-Token-Expires $token_expires;',
    'proxy_set_header Authorization "";',
    'proxy_set_header Sec-WebSocket-Protocol $other_protocols;',
    'add_header Sec-WebSocket-Protocol $token_protocol always;',
  ];
}

const wholeSeconds = (ms: number): number => Math.ceil(ms / 1000);
