import { credentials, Issuer } from '@ws-arena/auth/testing/issuer';
import type { LoadSpec } from '@ws-arena/load/load-spec';
import type { Settings } from '../plan/loads.ts';
import type { Way } from '../plan/tls-choice.ts';
import { isChecking } from '../plan/token-choice.ts';

/** Longer than any run: no connection is to end because its token does. */
const TOKEN_SEC = 30 * 24 * 3600;

/** Who gives out the tokens of a run: a small issuer in this process, started when a case first asks for one. */
export class TokenSource {
  /** In whose name an auth service asks it about a token. */
  readonly client = credentials;
  #issuer: Promise<Issuer> | undefined;

  issuer(): Promise<Issuer> {
    this.#issuer ??= Issuer.start();
    return this.#issuer;
  }

  /** What makes a server check the tokens on `way`, or go by the word of the proxy that does; nothing where none are asked for. */
  async serverSettings({ route, params }: Way): Promise<Settings> {
    if (params.tokens === undefined) return {};
    return isChecking(route) ? { authByProxy: true } : (await this.issuer()).settings();
  }

  /** The settings of a proxy that checks tokens on `way`, and of its auth service. */
  async proxySettings({ params }: Way): Promise<Settings> {
    const issuer = await this.issuer();
    return {
      authByProxy: false,
      ...issuer.settings(),
      ...(params.tokens === 'introspection' && { proxyIntrospectionUrl: `${issuer.url}/introspect` }),
      ...(params.cache === 'off' && { proxyIntrospectionCacheMs: 0 }),
    };
  }

  /** `spec` with a good token, where one is asked for. */
  async bearing({ params }: Way, spec: LoadSpec): Promise<LoadSpec> {
    if (params.tokens === undefined) return spec;
    const exp = Math.floor(Date.now() / 1000) + TOKEN_SEC;
    const token = await (await this.issuer()).token({ claims: { exp } });
    return { ...spec, handshake: { ...spec.handshake, token } };
  }
}
