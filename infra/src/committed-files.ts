import { parseConfig } from '@ws-arena/config/parse-config';
import { type NginxConfigOptions, nginxConfig } from './nginx-config.ts';
import type { NginxModules } from './nginx-modules.ts';
import type { TokenChecker } from './token-checker.ts';

const START = '<!-- infra/nginx/nginx.conf, by `pnpm infra render` -->';
const END = '<!-- /infra/nginx/nginx.conf -->';

/** What the committed configs have in common: the article's topology, three instances behind one Nginx. */
const topology: NginxConfigOptions = {
  variant: 'run',
  upstreams: ['127.0.0.1:8000', '127.0.0.1:8001', '127.0.0.1:8002'],
  method: 'least_conn',
  listen: ['8080'],
  stubStatus: '127.0.0.1:8081',
  workerProcesses: 'auto',
  workerConnections: 20_000,
  descriptors: 20_100,
  workerShutdownTimeoutMs: 60_000,
};

const { workerShutdownTimeoutMs: _, ...lasting } = topology;

/** What one client address may open at a public Nginx: enough for an office behind one address, and no flood. */
const publicLimits = { proxyConnectionsPerAddress: 200, proxyHandshakesPerSec: 20, proxyHandshakeBurst: 200 };

/** The realm of infra/keycloak, as `pnpm infra keycloak` serves it. */
const realm = (host: string) => `http://${host}:8180/realms/ws-arena`;
const realmSettings = {
  authIssuer: realm('localhost'),
  authAudience: 'ws-arena',
  authRole: 'ws-user',
  authJwksUrl: `${realm('localhost')}/protocol/openid-connect/certs`,
};

/** Where Debian's packages lay modules and libraries, and scripts beside the config. */
const debian: NginxModules = {
  folder: '/usr/lib/nginx/modules',
  lua: '/usr/share/lua/5.1',
  luaC: '/usr/lib/x86_64-linux-gnu/lua/5.1',
};

/** The article's variants: each checks tokens in another place. */
function variants(): Record<string, string> {
  const config = parseConfig({ ...publicLimits, ...realmSettings });
  const variant = (tokenChecker: TokenChecker) => nginxConfig(config, { ...topology, tokenChecker });
  return {
    'infra/nginx/nginx-auth.conf': variant({ kind: 'auth-service', address: '127.0.0.1:9000' }),
    'infra/nginx/nginx-njs.conf': variant({ kind: 'njs', modules: debian, scripts: '.' }),
    'infra/nginx/nginx-lua.conf': variant({ kind: 'lua', modules: debian, scripts: '$prefix' }),
  };
}

/** What the servers behind these are started with, too. */
const polling = { longPolling: true, maxConnections: 20_000 };

/** The committed files that are rendered whole, by their path from the project's root. */
export function committedConfigs(): Record<string, string> {
  const config = parseConfig(publicLimits);
  return {
    'infra/nginx/nginx.conf': nginxConfig(config, topology),
    'infra/nginx/nginx-tls.conf': nginxConfig(config, {
      ...topology,
      listen: ['8443'],
      tls: {
        certificate: 'localhost.pem',
        key: 'localhost-key.pem',
        versions: ['TLSv1.2', 'TLSv1.3'],
        sessionReuse: true,
      },
    }),
    // Without the limits: each load generator of the compose file is one address with all its connections.
    'infra/nginx/compose.conf': nginxConfig(parseConfig(), {
      ...topology,
      variant: 'compose',
      upstreams: [`ws-server:${config.port}`],
      stubStatus: '8081',
    }),
    // An old worker keeps its connections until they end: a renewal of the certificate is a reload that cuts nobody.
    'infra/nginx/compose-tls.conf': nginxConfig(parseConfig(), {
      ...lasting,
      variant: 'compose',
      upstreams: [`ws-server:${config.port}`],
      listen: ['8443'],
      stubStatus: '8081',
      tls: {
        certificate: '/etc/nginx/tls/fullchain.pem',
        key: '/etc/nginx/tls/privkey.pem',
        versions: ['TLSv1.2', 'TLSv1.3'],
        sessionReuse: true,
      },
    }),
    // Socket.IO for clients that begin with long-polling: each session stays on its instance.
    'infra/nginx/nginx-polling.conf': nginxConfig(parseConfig({ ...publicLimits, ...polling }), {
      ...topology,
      method: 'cookie',
    }),
    'infra/nginx/compose-polling.conf': nginxConfig(parseConfig(polling), {
      ...topology,
      variant: 'compose',
      upstreams: [`ws-server:${config.port}`],
      stubStatus: '8081',
      method: 'cookie',
    }),
    'infra/nginx/compose-auth.conf': nginxConfig(
      parseConfig({
        ...realmSettings,
        proxyIntrospectionUrl: `${realm('keycloak')}/protocol/openid-connect/token/introspect`,
      }),
      {
        ...topology,
        variant: 'compose',
        upstreams: ['ws-server:8000'],
        stubStatus: '8081',
        // A WebSocket keeps the file of its answer open, beside its two connections.
        descriptors: topology.descriptors + topology.workerConnections / 2,
        tokenChecker: { kind: 'auth-service', address: 'auth-service:8000' },
      },
    ),
    ...variants(),
  };
}

/** The committed documents with a rendered part, by their path from the project's root. */
export const documentsWithConfig = ['docs/nginx.md'] as const;

/**
 * `document` with the part between its markers replaced by the rendered config.
 * @throws Error when the markers are not there.
 */
export function withConfig(document: string): string {
  const [start, end] = [document.indexOf(START), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the document must hold ${START} and then ${END}`);
  const text = committedConfigs()['infra/nginx/nginx.conf']!;
  return `${document.slice(0, start)}${START}\n\`\`\`nginx\n${text}\`\`\`\n${document.slice(end)}`;
}
