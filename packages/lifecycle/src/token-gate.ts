import type { TokenCheck, Verdict } from '@ws-arena/auth/verdict';
import type { ServerConfig } from '@ws-arena/config/options';

/** Close codes of IANA's registry: the token has expired or is none, or it lacks the role. */
export type TokenCloseCode = 3000 | 3003;

/** What of an upgrade request carries a token, or a proxy's word on it. */
export interface TokenHeaders {
  readonly authorization?: string | undefined;
  readonly protocols?: string | undefined;
  /** `X-Token-Expires`, as a proxy that has checked the token sets it. */
  readonly expires?: string | undefined;
}

const SECOND_MS = 1000;
const BEARER = Buffer.from('Bearer ');
/** The longest token and the word before it. */
const MAX_REFRESH_BYTES = 8192 + BEARER.length;

/**
 * Who may come in by a token, and until when: a connection does not outlive its token, unless it brings a new one. Made
 * only where tokens are checked, so nobody else pays for it.
 */
export class TokenGate<C> {
  readonly #check: TokenCheck | undefined;
  readonly #tokenFrom: (authorization?: string, protocols?: string) => string | undefined;
  readonly #end: (connection: C, code: TokenCloseCode) => void;
  readonly #until = new Map<C, number>();
  /** The connections by the second in which their tokens expire. */
  readonly #expiring = new Map<number, Set<C>>();

  private constructor(
    check: TokenCheck | undefined,
    tokenFrom: (authorization?: string, protocols?: string) => string | undefined,
    end: (connection: C, code: TokenCloseCode) => void,
  ) {
    this.#check = check;
    this.#tokenFrom = tokenFrom;
    this.#end = end;
    setInterval(() => this.#expire(), SECOND_MS).unref();
  }

  /**
   * The gate of a server with these settings; undefined without `authIssuer` and `authByProxy`.
   * @param end closes a connection with a code.
   */
  static async of<C>(
    config: ServerConfig,
    end: (connection: C, code: TokenCloseCode) => void,
  ): Promise<TokenGate<C> | undefined> {
    if (config.authIssuer === '' && !config.authByProxy) return undefined;
    const { tokenFrom } = await import('@ws-arena/auth/token-from');
    if (config.authByProxy) return new TokenGate(undefined, tokenFrom, end);
    const { signatureCheck } = await import('@ws-arena/auth/signature-check');
    return new TokenGate(signatureCheck(config), tokenFrom, end);
  }

  /** Whether a request carries a token at all, or a proxy's word. */
  carries({ authorization, protocols, expires }: TokenHeaders): boolean {
    return this.#check ? this.#tokenFrom(authorization, protocols) !== undefined : Boolean(expires);
  }

  /** Decides on an upgrade request. */
  async verdict({ authorization, protocols, expires }: TokenHeaders): Promise<Verdict> {
    if (this.#check) return this.#check(this.#tokenFrom(authorization, protocols));
    const expiresAtSec = Number(expires);
    return expires && expiresAtSec > Date.now() / SECOND_MS
      ? { status: 200, expiresAtSec }
      : { status: 401, reason: 'no proxy has checked a token' };
  }

  /** Decides on a token that came in another way; behind a proxy there is none. */
  async verdictOn(token: unknown): Promise<Verdict> {
    return this.verdict({ authorization: typeof token === 'string' ? `Bearer ${token}` : undefined });
  }

  /** A connection is open, or has brought a new token: it may stay until then (seconds since 1970). */
  admit(connection: C, untilSec: number): void {
    this.leave(connection);
    const second = Math.ceil(untilSec);
    this.#until.set(connection, second);
    const others = this.#expiring.get(second);
    if (others) others.add(connection);
    else this.#expiring.set(second, new Set([connection]));
  }

  /** A connection has ended. */
  leave(connection: C): void {
    const second = this.#until.get(connection);
    if (second === undefined) return;
    this.#until.delete(connection);
    const others = this.#expiring.get(second);
    others?.delete(connection);
    if (others?.size === 0) this.#expiring.delete(second);
  }

  /** Whether a text message is `Bearer TOKEN`: a new token, and no message. */
  isToken(message: Uint8Array): boolean {
    return (
      message[0] === BEARER[0] &&
      message.length <= MAX_REFRESH_BYTES &&
      BEARER.every((byte, i) => message[i] === byte)
    );
  }

  /** The same of a text. */
  isTokenText(message: string): boolean {
    return message.length <= MAX_REFRESH_BYTES && message.startsWith('Bearer ');
  }

  /** Takes a new token: the connection stays until it expires, or ends where it is no good. */
  async refresh(connection: C, bearer: string): Promise<void> {
    const verdict = await this.verdict({ authorization: bearer });
    if (!this.#until.has(connection)) return;
    if (verdict.status === 200) this.admit(connection, verdict.expiresAtSec);
    // While nobody can tell, the old one counts.
    else if (verdict.status !== 503) this.#end(connection, verdict.status === 403 ? 3003 : 3000);
  }

  #expire(): void {
    const nowSec = Date.now() / SECOND_MS;
    for (const [second, connections] of this.#expiring) {
      if (second > nowSec) continue;
      this.#expiring.delete(second);
      for (const connection of connections) this.#end(connection, 3000);
    }
  }
}
