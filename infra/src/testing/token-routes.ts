import { join } from 'node:path';
import { parseConfig } from '@ws-arena/config/parse-config';
import { type IssuerClient, startAuthService } from '@ws-arena/contract/auth-service';
import { goBinary } from '@ws-arena/contract/go-binary';
import { type RunningServer, startServer } from '@ws-arena/contract/running-server';
import { TargetUnavailable } from '@ws-arena/contract/target-unavailable';
import { targetNamed } from '@ws-arena/contract/targets';
import { block } from '../nginx-text.ts';
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

const goHere = await goBinary('gorilla').catch((error: unknown) => {
  if (!(error instanceof TargetUnavailable)) throw error;
  console.warn(`skipped: tokens at the servers in Go: ${error.message}`);
  return undefined;
});

/** The servers that this machine has. */
export const tokenServers: readonly string[] = [
  ...['ws', 'uws', 'socketio'],
  ...(goHere ? ['gorilla', 'coder', 'gobwas'] : []),
  ...(modulesHere ? ['lua'] : []),
];

/** An issuer as servers and proxies need it: the `auth*` settings, and how it is asked about a token. */
export interface TokenIssuer {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly introspectionUrl: string;
  readonly client: IssuerClient;
}

/** One server behind one way: its port and URL are those of the proxy, where there is one. */
export interface TokenRoute {
  readonly name: string;
  readonly way: TokenWay;
  readonly server: RunningServer;
}

/** So many processes start at once, on a machine that may be busy. */
const PATIENCE = { startTimeoutMs: 60_000 };

/** Where what the processes of the routes say is kept. */
export interface Logs {
  /** Is given each line that a server or an auth service prints. */
  readonly heard: (line: string) => void;
  /** Where each Nginx writes its access log and its error log. */
  readonly folder: string;
}

/**
 * Every server behind every way that this machine has: one Nginx for each way, with a port for each server.
 * @param ends is given what ends each process.
 */
export async function startTokenRoutes(
  issuer: TokenIssuer,
  ends: (() => Promise<unknown>)[],
  logs?: Logs,
): Promise<TokenRoute[]> {
  const options = { ...PATIENCE, ...(logs && { heard: logs.heard }) };
  const asked = { proxyIntrospectionUrl: issuer.introspectionUrl, proxyIntrospectionCacheMs: 1000 };
  const ended = <T extends { stop(): Promise<void> }>(process: T) => {
    ends.push(process.stop);
    return process;
  };
  const serviceOf = async (more: object) => {
    const config = parseConfig({ ...issuer.settings, ...more });
    const { port } = ended(await startAuthService(config, issuer.client, options));
    return { kind: 'auth-service', address: `127.0.0.1:${port}` } as const;
  };
  const checkers: Partial<Record<TokenWay, Checker>> = {
    'nginx-njs': { kind: 'njs' },
    'nginx-lua': { kind: 'lua' },
    ...(nginxHere && { 'nginx-auth': await serviceOf({}), introspection: await serviceOf(asked) }),
  };
  const serversWith = (settings: object) =>
    Promise.all(
      tokenServers.map(async (name) =>
        ended(await startServer(targetNamed(name)!, parseConfig({ port: 0, ...settings }), options)),
      ),
    );
  const checking = await serversWith(issuer.settings);
  const trusting = await serversWith({ authByProxy: true });
  const routesBy = async (way: TokenWay): Promise<TokenRoute[]> => {
    const tokenChecker = checkers[way];
    const servers = tokenChecker ? trusting : checking;
    const named = (server: RunningServer) => ({ name: server.target.name, way, server });
    if (way === 'direct') return servers.map(named);
    const upstreams = servers.map(({ port }) => `127.0.0.1:${port}`);
    const proxy = ended(
      await startProxy({
        config: parseConfig({ ...issuer.settings, ...(way === 'introspection' && asked) }),
        upstreams: upstreams.slice(0, 1),
        ports: servers.length,
        rewrite: (text) => logged(byPort(text, upstreams), way, logs),
        workers: 1,
        ...PATIENCE,
        ...(tokenChecker && { tokenChecker }),
      }),
    );
    return servers.map((server, i) => {
      const port = proxy.ports[i]!;
      return named({ ...server, port, url: server.url.replace(`:${server.port}/`, `:${port}/`) });
    });
  };
  return (await Promise.all(tokenWays.map(routesBy))).flat();
}

/** One Nginx before several servers: who comes to its n-th port reaches the n-th of them. */
function byPort(text: string, upstreams: readonly string[]): string {
  const ports = [...text.matchAll(/listen 127\.0\.0\.1:(\d+) reuseport/g)].map(([, port]) => port);
  const lines = ports.map((port, i) => `${port} ${upstreams[i]};`);
  return text
    .replace('http {\n', `http {\n${block('map $server_port $server_of_port', lines)}\n`)
    .replaceAll('proxy_pass http://ws_server;', 'proxy_pass http://$server_of_port;');
}

function logged(text: string, way: TokenWay, logs: Logs | undefined): string {
  if (!logs) return text;
  const file = join(logs.folder, way);
  return text
    .replace('access_log off;', `access_log ${file}.access;`)
    .replace('error_log stderr notice;', `error_log stderr notice;\nerror_log ${file}.error notice;`);
}
