import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseConfig } from '@ws-arena/config/parse-config';
import { describe, expect, test } from 'vitest';
import { balanceMethods, type Routing } from './balance-method.ts';
import { certificateFiles } from './certificate.ts';
import { type NginxConfigOptions, nginxConfig, type TlsOptions } from './nginx-config.ts';
import { projectRoot } from './project-cache.ts';
import { modulesHere } from './testing/modules-here.ts';
import { type ComposeNginx, composeNginx } from './testing/newer-nginx.ts';
import { nginxHere } from './testing/nginx-here.ts';

const options: NginxConfigOptions = {
  variant: 'run',
  upstreams: ['127.0.0.1:8000', '127.0.0.1:8001', '127.0.0.1:8002'],
  method: 'round-robin',
  listen: ['127.0.0.1:18080'],
  stubStatus: '127.0.0.1:18081',
  workerProcesses: 2,
  workerConnections: 1024,
  descriptors: 1200,
};

const limited = { proxyConnectionsPerAddress: 7, proxyHandshakesPerSec: 3, proxyHandshakeBurst: 5 };

describe('the text', () => {
  test('has the settings of the article', () => {
    const text = nginxConfig(parseConfig(), options);
    for (const line of [
      'default upgrade;',
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
      'proxy_buffering off;',
      'proxy_read_timeout 90s;',
      'proxy_send_timeout 90s;',
      'stub_status;',
      'location /ws-notifications {',
    ])
      expect(text).toContain(line);
  });

  test('takes timeouts, limits and the path from the shared config', () => {
    const text = nginxConfig(
      parseConfig({
        path: '/live',
        proxyReadTimeoutMs: 70_500,
        proxySendTimeoutMs: 20_000,
        handshakeTimeoutMs: 3000,
        readLimitBytes: 1234,
      }),
      options,
    );
    for (const line of [
      'location /live {',
      'proxy_read_timeout 70500ms;',
      'proxy_send_timeout 20s;',
      'send_timeout 20s;',
      'client_header_timeout 3s;',
      'client_max_body_size 1234;',
    ])
      expect(text).toContain(line);
  });

  test('limits what one address may open where the config says so, and not otherwise', () => {
    expect(nginxConfig(parseConfig(), options)).not.toMatch(/^\s*limit_/m);
    const text = nginxConfig(parseConfig(limited), options);
    for (const line of [
      'limit_conn_zone $binary_remote_addr zone=connections:10m;',
      'limit_req_zone $binary_remote_addr zone=handshakes:10m rate=3r/s;',
      'limit_conn connections 7;',
      'limit_req zone=handshakes burst=5 nodelay;',
    ])
      expect(text).toContain(line);
    const withoutBurst = parseConfig({ ...limited, proxyHandshakeBurst: 0 });
    expect(nginxConfig(withoutBurst, options)).toContain('limit_req zone=handshakes;');
  });

  test.each<[Routing, string | undefined]>([
    ['round-robin', undefined],
    ['ip_hash', 'ip_hash;'],
    ['least_conn', 'least_conn;'],
    ['hash', 'hash $remote_addr consistent;'],
    ['random two', 'random two least_conn;'],
    ['cookie', 'hash $route consistent;'],
  ])('%s is %s', (method, line) => {
    const text = nginxConfig(parseConfig(), { ...options, method });
    const methods = /^\s+(ip_hash|least_conn|hash|random)\b.*$/gm;
    expect(text.match(methods)?.map((found) => found.trim()) ?? []).toEqual(line ? [line] : []);
    expect(text.match(/server 127\.0\.0\.1:800\d/g)).toHaveLength(3);
  });

  test.each(['round-robin', 'least_conn', 'random two'] as const)(
    '%s with long-polling is refused',
    (method) => {
      const polling = parseConfig({ longPolling: true, maxConnections: 1000 });
      expect(() => nginxConfig(polling, { ...options, method })).toThrow(
        `longPolling is true and the method is ${method}; wanted: cookie, hash, ip_hash`,
      );
      expect(nginxConfig(polling, { ...options, method, upstreams: ['127.0.0.1:8000'] })).toContain(
        'upstream',
      );
      expect(nginxConfig(polling, { ...options, method: 'cookie' })).toContain('hash $route consistent;');
    },
  );

  test('compose resolves the service name while it runs', () => {
    const text = nginxConfig(parseConfig(), {
      ...options,
      variant: 'compose',
      upstreams: ['ws-server:8000'],
    });
    expect(text).toContain('resolver 127.0.0.11 valid=5s ipv6=off;');
    expect(text).toContain('server ws-server:8000 resolve ');
    expect(text).toContain('zone ws_server 256k;');
  });

  test('several source addresses are split by the client, one is bound as it is', () => {
    const two = nginxConfig(parseConfig(), { ...options, proxyBind: ['127.200.0.1', '127.200.0.2'] });
    expect(two).toContain('50.00% 127.200.0.1;');
    expect(two).toContain('* 127.200.0.2;');
    expect(two).toContain('proxy_bind $source_address;');
    expect(nginxConfig(parseConfig(), { ...options, proxyBind: ['127.200.0.1'] })).toContain(
      'proxy_bind 127.200.0.1;',
    );
  });
});

const run = promisify(execFile);
const { certificate, key } = await certificateFiles();
const tlsCases: readonly (readonly [string, TlsOptions | undefined])[] = [
  ['plain', undefined],
  ['TLS 1.2 and 1.3, reuse', { certificate, key, versions: ['TLSv1.2', 'TLSv1.3'], sessionReuse: true }],
  ['TLS 1.3, no reuse', { certificate, key, versions: ['TLSv1.3'], sessionReuse: false }],
  ['TLS 1.2, no reuse', { certificate, key, versions: ['TLSv1.2'], sessionReuse: false }],
];
type Shape = Partial<NginxConfigOptions> & { readonly settings?: Readonly<Record<string, unknown>> };
const auth = {
  authIssuer: 'https://sso.example.com/realms/a',
  authAudience: 'ws-arena',
  authRole: 'ws-user',
  authJwksUrl: 'https://127.0.0.1/realms/a/certs',
};
const checker = { kind: 'auth-service', address: '127.0.0.1:9000' } as const;
const scripts = join(projectRoot, 'infra/nginx');
const inNginx = (modulesHere ? (['njs', 'lua'] as const) : []).map(
  (kind) =>
    [
      `run with ${kind}`,
      { settings: auth, tokenChecker: { kind, modules: modulesHere!.modules, scripts } },
    ] as const,
);

const shapes: readonly (readonly [string, Shape])[] = [
  ['run', {}],
  ['run with client limits', { settings: limited }],
  ['run with an auth service', { settings: auth, tokenChecker: checker }],
  [
    'run with an auth service that asks the issuer',
    { settings: { ...auth, proxyIntrospectionUrl: 'https://127.0.0.1/introspect' }, tokenChecker: checker },
  ],
  ...inNginx,
  [
    'run with two addresses and sources',
    {
      listen: ['127.0.0.1:18080', '127.0.0.1:18082'],
      proxyBind: ['127.200.0.1', '127.200.0.2'],
      workerShutdownTimeoutMs: 2500,
    },
  ],
  [
    'compose with an auth service',
    {
      variant: 'compose',
      upstreams: ['ws-server:8000'],
      listen: ['18080'],
      settings: auth,
      tokenChecker: { ...checker, address: 'auth-service:8000' },
    },
  ],
  [
    'compose',
    { variant: 'compose', upstreams: ['ws-server:8000'], listen: ['18080'], workerProcesses: 'auto' },
  ],
];
const routings: readonly Routing[] = [...balanceMethods, 'cookie'];
const matrix = tlsCases.flatMap(([name, tls]) => routings.map((method) => ({ name, tls, method })));

const nginxFor: Record<NginxConfigOptions['variant'], ComposeNginx | undefined> = {
  run: nginxHere && { binary: nginxHere, fit: (text) => text },
  compose: composeNginx,
};

describe.concurrent.each(shapes)('nginx -t accepts %s', (_, { settings, ...more }) => {
  const inside = more.tokenChecker !== undefined && more.tokenChecker.kind !== 'auth-service';
  const nginx = inside
    ? { binary: modulesHere!, fit: (text: string) => text }
    : nginxFor[more.variant ?? 'run'];
  test.runIf(nginx).each(matrix)('$method, $name', async ({ tls, method }) => {
    const { binary, fit } = nginx!;
    const prefix = await mkdtemp(join(tmpdir(), 'ws-arena-nginx-t-'));
    await mkdir(join(prefix, 'temp'));
    const text = nginxConfig(parseConfig(settings), { ...options, ...more, method, ...(tls ? { tls } : {}) });
    await writeFile(join(prefix, 'nginx.conf'), fit(text));
    const args = ['-t', '-p', `${prefix}/`, '-c', 'nginx.conf', '-e', 'stderr'];
    try {
      const { stderr } = await run(binary.path, args, { env: { ...process.env, ...binary.env } });
      expect(stderr).toContain('test is successful');
      expect(stderr).not.toContain('[warn]');
    } finally {
      await rm(prefix, { recursive: true, force: true });
    }
  });
});
