import { introspectionCheck } from '@ws-arena/auth/introspection-check';
import { signatureCheck } from '@ws-arena/auth/signature-check';
import type { TokenCheck } from '@ws-arena/auth/verdict';
import { ConfigError } from '@ws-arena/config/config-error';
import type { ServerConfig } from '@ws-arena/config/options';

/**
 * How tokens are checked: by asking the issuer where `proxyIntrospectionUrl` is set, else by their signature. Whom to
 * ask as stands in the environment alone, since settings are printed and stored.
 * @throws ConfigError when the issuer is to be asked and the environment does not say as whom.
 */
export function tokenCheckOf(
  config: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
): TokenCheck {
  if (config.proxyIntrospectionUrl === '') return signatureCheck(config);
  const { AUTH_CLIENT_ID: clientId, AUTH_CLIENT_SECRET: clientSecret } = env;
  if (clientId && clientSecret) return introspectionCheck(config, { clientId, clientSecret });
  throw new ConfigError(
    `proxyIntrospectionUrl is ${config.proxyIntrospectionUrl} and AUTH_CLIENT_ID and AUTH_CLIENT_SECRET must stand in the environment: the issuer tells about a token only to a client that it knows`,
  );
}
