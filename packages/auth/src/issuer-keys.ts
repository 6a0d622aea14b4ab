import type { ServerConfig } from '@ws-arena/config/options';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { Reporter } from './reporter.ts';

/** The one algorithm that is taken, Keycloak's default: a token does not choose how it is checked (RFC 8725, 3.1). */
export const tokenAlgorithm = 'RS256';

/** The keys of the issuer could not be fetched, and the one that is asked for is not known. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

const FETCH_TIMEOUT_MS = 5000;

/**
 * The public keys of the issuer by their `kid`. They are fetched when one is asked for and those known are older than
 * `authKeysMaxAgeMs`, so a new key is taken without a restart, and a flood of unknown ones makes no flood of fetches.
 * While the issuer is away the keys that are known still count.
 */
export class IssuerKeys {
  readonly #url: string;
  readonly #maxAgeMs: number;
  readonly #reporter: Reporter;
  #known: ReadonlyMap<string, CryptoKey> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #failure: KeysUnavailable | undefined;

  constructor(
    { authJwksUrl, authKeysMaxAgeMs }: Pick<ServerConfig, 'authJwksUrl' | 'authKeysMaxAgeMs'>,
    reporter: Reporter,
  ) {
    this.#url = authJwksUrl;
    this.#maxAgeMs = authKeysMaxAgeMs;
    this.#reporter = reporter;
  }

  /**
   * The key of that name, or undefined when the issuer has none.
   * @throws KeysUnavailable when it is not known, and the issuer could not be asked.
   */
  async key(kid: string): Promise<CryptoKey | undefined> {
    if (!this.#known || performance.now() - this.#askedAt >= this.#maxAgeMs) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
    }
    const key = this.#known?.get(kid);
    if (!key && this.#failure) throw this.#failure;
    return key;
  }

  async #ask(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const { keys } = (await answer.json()) as { keys?: readonly JWK[] };
      if (!Array.isArray(keys)) throw new Error('no JWKS');
      this.#known = await byName(keys);
      this.#failure = undefined;
      this.#reporter.reached();
    } catch (cause) {
      const { message, cause: why } = cause as Error & { cause?: NodeJS.ErrnoException };
      this.#failure = new KeysUnavailable(
        `the keys at ${this.#url} cannot be had (${why?.code ?? message}): a token of a key that is not known gets 503; check authJwksUrl and its realm`,
        { cause },
      );
      this.#reporter.away(this.#failure.message);
    }
  }
}

async function byName(keys: readonly JWK[]): Promise<Map<string, CryptoKey>> {
  const known = new Map<string, CryptoKey>();
  for (const { kid, kty, use = 'sig', alg = tokenAlgorithm, n, e } of keys) {
    if (kid === undefined || kty !== 'RSA' || use !== 'sig' || alg !== tokenAlgorithm || !n || !e) continue;
    known.set(kid, (await importJWK({ kty, n, e }, tokenAlgorithm)) as CryptoKey);
  }
  return known;
}
