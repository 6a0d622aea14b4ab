import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { keycloakVersion } from './keycloak-dist.ts';
import { startKeycloak } from './keycloak-process.ts';

/** A wrong command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_PORT = 8180;

/**
 * `pnpm infra keycloak [--port 8180]`: serves the realm until SIGINT or SIGTERM.
 * @throws UsageError for a wrong option; JavaProgramUnavailable without a JDK.
 */
export async function keycloakCommand(argv: string[]): Promise<void> {
  const keycloak = await startKeycloak({ port: portOf(argv) });
  console.log(`Keycloak ${keycloakVersion} serves ${keycloak.issuer} until Ctrl-C. A token, good for 60 s:

  curl -s ${keycloak.tokenUrl} \\
    -d client_id=ws-client -d client_secret=ws-client-secret -d grant_type=client_credentials

Settings for servers and proxies:

  WS_AUTH_ISSUER=${keycloak.issuer}
  WS_AUTH_JWKS_URL=${keycloak.jwksUrl}
  WS_AUTH_AUDIENCE=ws-arena
  WS_AUTH_ROLE=ws-user`);
  const asked = await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), keycloak.exited]);
  if (!Array.isArray(asked))
    throw new Error(`Keycloak ended by itself (${asked.signal ?? `exit code ${asked.code}`})`);
  await keycloak.stop();
}

function portOf(args: string[]): number {
  const usage = 'usage: pnpm infra keycloak [--port 8180]';
  let given: string | undefined;
  try {
    ({ port: given } = parseArgs({ args, options: { port: { type: 'string' } } }).values);
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}; ${usage}`, { cause });
  }
  const port = given === undefined ? DEFAULT_PORT : Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--port is "${given}"; allowed: 1 to 65535; ${usage}`);
}
