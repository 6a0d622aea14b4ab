import type { ServerConfig } from '@ws-arena/config/options';
import { full } from './capabilities.ts';
import { type RunningServer, type StartOptions, startServer } from './running-server.ts';
import type { Target } from './targets.ts';

/** In whose name an auth service asks the issuer about a token. */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** It is started as a target is, and is none: it holds no WebSocket. */
const authService: Target = {
  name: 'auth-service',
  library: 'jose',
  language: 'TypeScript',
  kind: 'bare',
  launch: { kind: 'node', entry: 'apps/auth-service/src/main.ts' },
  capabilities: full,
};

/**
 * Starts apps/auth-service as a process of its own, with `config` and on a free port.
 * @throws Error with what it printed when it ended before it was ready.
 */
export function startAuthService(
  config: ServerConfig,
  { clientId, clientSecret }: IssuerClient,
  options: StartOptions = {},
): Promise<RunningServer> {
  const env = { AUTH_CLIENT_ID: clientId, AUTH_CLIENT_SECRET: clientSecret };
  return startServer(authService, { ...config, port: 0 }, { ...options, env });
}
