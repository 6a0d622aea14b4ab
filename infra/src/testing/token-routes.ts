import { parseConfig } from '@ws-arena/config/parse-config';
import { type IssuerClient, startAuthService } from '@ws-arena/contract/auth-service';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { targetNamed } from '@ws-arena/contract/targets';
import { type Checker, startProxy } from '../running-proxy.ts';
import { modulesHere } from './modules-here.ts';
import { nginxHere } from './nginx-here.ts';

/** Who checks the tokens of clients: the server, direct or through plain Nginx, or one of the variants of Nginx. */
export type TokenWay = 'direct' | 'nginx' | 'nginx-auth' | 'introspection' | 'nginx-njs' | 'nginx-lua';

/** Those that this machine has. */
export const tokenWays: readonly TokenWay[] = [
  'direct',
  ...(nginxHere ? (['nginx', 'nginx-auth', 'introspection'] as const) : []),
  ...(modulesHere ? (['nginx-njs', 'nginx-lua'] as const) : []),
];

export const tokenServers = ['ws', 'uws', 'socketio'] as const;
export type TokenServer = (typeof tokenServers)[number];

/** An issuer as servers and proxies need it: the `auth*` settings, and how it is asked about a token. */
export interface TokenIssuer {
  readonly settings: Readonly<Record<string, string>>;
  readonly introspectionUrl: string;
  readonly client: IssuerClient;
}

/** One server behind one way: its port and URL are those of the proxy, where there is one. */
export interface TokenRoute {
  readonly name: TokenServer;
  readonly way: TokenWay;
  readonly server: RunningServer;
}

/** So many processes start at once, on a machine that may be busy. */
const PATIENCE = { startTimeoutMs: 60_000 };

/** Every server behind every way that this machine has. @param ends is given what ends each process. */
export async function startTokenRoutes(
  issuer: TokenIssuer,
  ends: (() => Promise<unknown>)[],
): Promise<TokenRoute[]> {
  const asked = { proxyIntrospectionUrl: issuer.introspectionUrl, proxyIntrospectionCacheMs: 1000 };
  const serviceOf = async (more: object) => {
    const service = await startAuthService(
      parseConfig({ ...issuer.settings, ...more }),
      issuer.client,
      PATIENCE,
    );
    ends.push(service.stop);
    return { kind: 'auth-service', address: `127.0.0.1:${service.port}` } as const;
  };
  const checkers: Partial<Record<TokenWay, Checker>> = {
    'nginx-njs': { kind: 'njs' },
    'nginx-lua': { kind: 'lua' },
    ...(nginxHere && { 'nginx-auth': await serviceOf({}), introspection: await serviceOf(asked) }),
  };
  const routesTo = async (name: TokenServer) => {
    const start = async (settings: object) => {
      const server = await startServer(targetNamed(name)!, parseConfig({ port: 0, ...settings }), PATIENCE);
      ends.push(server.stop);
      return server;
    };
    const [checks, trusts] = await Promise.all([start(issuer.settings), start({ authByProxy: true })]);
    return Promise.all(
      tokenWays.map(async (way): Promise<TokenRoute> => {
        if (way === 'direct') return { name, way, server: checks };
        const tokenChecker = checkers[way];
        const behind = tokenChecker ? trusts : checks;
        const proxy = await startProxy({
          config: parseConfig({ ...issuer.settings, ...(way === 'introspection' && asked) }),
          upstreams: [`127.0.0.1:${behind.port}`],
          workers: 1,
          ...PATIENCE,
          ...(tokenChecker && { tokenChecker }),
        });
        ends.push(proxy.stop);
        return { name, way, server: { ...behind, port: proxy.port, url: proxy.url } };
      }),
    );
  };
  return (await Promise.all(tokenServers.map(routesTo))).flat();
}
