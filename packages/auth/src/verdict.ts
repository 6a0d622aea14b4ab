import type { ServerConfig } from '@ws-arena/config/options';

/**
 * What is decided of a token: let in until it expires (seconds since 1970), or refused with a status. The reason never
 * holds the token. A doubt is what an operator should know: a setting that may be wrong.
 */
export type Verdict =
  | { readonly status: 200; readonly expiresAtSec: number }
  | { readonly status: 401 | 403 | 503; readonly reason: string; readonly doubt?: string };

/** Decides of the token of a request; undefined is a request without one. */
export type TokenCheck = (token: string | undefined) => Promise<Verdict>;

/** A refusal with 401. */
export const unauthorized = (reason: string): Verdict => ({ status: 401, reason });

/** The verdict on the claims of a token that is known to be the issuer's (RFC 7519, 4.1). */
export function judge(claims: unknown, config: ServerConfig, nowSec = Date.now() / 1000): Verdict {
  if (typeof claims !== 'object' || claims === null) return unauthorized('its claims are no object');
  const { iss, aud, exp, nbf, realm_access: access } = claims as Record<string, unknown>;
  if (iss !== config.authIssuer)
    return {
      status: 401,
      reason: 'it is of another issuer',
      doubt: `a token with a good signature is of the issuer ${JSON.stringify(iss)}, and authIssuer is "${config.authIssuer}"`,
    };
  const audience: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audience.includes(config.authAudience)) return unauthorized('it is for another audience');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return unauthorized('it does not expire');
  if (exp <= nowSec) return unauthorized('it has expired');
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= nowSec))
    return unauthorized('it is not valid yet');
  if (config.authRole !== '' && !rolesOf(access).includes(config.authRole))
    return { status: 403, reason: `it does not name the role ${config.authRole}` };
  return { status: 200, expiresAtSec: exp };
}

/** Where Keycloak puts the roles of a realm. */
function rolesOf(access: unknown): unknown[] {
  const roles = typeof access === 'object' && access !== null && 'roles' in access ? access.roles : [];
  return Array.isArray(roles) ? roles : [];
}
