import { credentials } from '@ws-arena/auth/testing/issuer';
import type { ServerConfig } from '@ws-arena/config/options';
import { full } from '@ws-arena/contract/capabilities';
import { startServer } from '@ws-arena/contract/running-server';

/** Starts apps/auth-service as a process of its own, with `config` and on a free port. */
export async function startAuthService(
  config: ServerConfig,
  { clientId, clientSecret } = credentials,
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const { port, stop } = await startServer(
    {
      name: 'auth-service',
      library: 'jose',
      language: 'TypeScript',
      kind: 'bare',
      launch: { kind: 'node', entry: 'apps/auth-service/src/main.ts' },
      capabilities: full,
    },
    { ...config, port: 0 },
    { env: { AUTH_CLIENT_ID: clientId, AUTH_CLIENT_SECRET: clientSecret } },
  );
  return { address: `127.0.0.1:${port}`, stop };
}
