import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tokenFrom } from '@ws-arena/auth/token-from';
import type { TokenCheck } from '@ws-arena/auth/verdict';
import type { ServerConfig } from '@ws-arena/config/options';
import { CHALLENGE } from '@ws-arena/lifecycle/handshake';
import { installedPackage } from '@ws-arena/lifecycle/installed-package';
import { cannotListen } from '@ws-arena/lifecycle/listening';
import type { Service } from '@ws-arena/lifecycle/process';

/**
 * Starts it: 204 to a request whose token is good, else 401, 403, or 503 while that cannot be known. `X-Token-Expires`
 * says until when (seconds since 1970), and `X-Accel-Expires` how many seconds Nginx may keep the answer.
 */
export async function startAuthService(config: ServerConfig, check: TokenCheck): Promise<Service> {
  const asksTheIssuer = config.proxyIntrospectionUrl !== '';
  const server = createServer((request, response) => {
    if (request.url === '/healthz') response.end('ok');
    else void answer(request, response);
  });
  const answer = async ({ headers }: IncomingMessage, response: ServerResponse) => {
    const verdict = await check(tokenFrom(headers.authorization, headers['sec-websocket-protocol']));
    if (verdict.status === 200) {
      const leftSec = Math.floor(verdict.expiresAtSec - Date.now() / 1000);
      const keepSec = asksTheIssuer
        ? Math.min(Math.floor(config.proxyIntrospectionCacheMs / 1000), leftSec)
        : 0;
      response.setHeader('X-Token-Expires', verdict.expiresAtSec);
      response.setHeader('X-Accel-Expires', keepSec);
      response.writeHead(204).end();
    } else {
      if (verdict.status === 401) response.setHeader('WWW-Authenticate', CHALLENGE);
      response.writeHead(verdict.status).end();
    }
  };
  server.listen(config.port, config.host);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen(config, cause.code, cause);
  });
  const { name, version } = installedPackage('jose', import.meta.url);
  return {
    port: (server.address() as AddressInfo).port,
    library: name,
    version,
    drain: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
