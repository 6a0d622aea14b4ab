import type { ServerConfig } from '@ws-arena/config/options';
import { Reporter } from './reporter.ts';
import { judge, type TokenCheck, unauthorized } from './verdict.ts';

/** In whose name the issuer is asked: a client of its own, and its secret. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const ASK_TIMEOUT_MS = 5000;

/** Checks each token by asking the issuer (RFC 7662): a revoked one is refused at once. */
export function introspectionCheck(
  config: ServerConfig,
  { clientId, clientSecret }: Credentials,
  reporter = new Reporter(),
): TokenCheck {
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  return async (token) => {
    if (token === undefined) return unauthorized('there is no token');
    try {
      const answer = await fetch(config.proxyIntrospectionUrl, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ token }),
        signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const claims = (await answer.json()) as { active?: unknown };
      reporter.reached();
      return claims.active === true
        ? reporter.noted(judge(claims, config))
        : unauthorized('it is not active');
    } catch (error) {
      const reason = `${config.proxyIntrospectionUrl} cannot be asked (${(error as Error).message})`;
      reporter.away(reason);
      return { status: 503, reason };
    }
  };
}
