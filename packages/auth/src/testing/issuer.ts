import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseConfig } from '@ws-arena/config/parse-config';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';

/** What a token says that is not as usual; undefined leaves a claim out. */
export interface TokenOptions {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: SigningKey;
}

/** A key pair and its name. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

export const audience = 'ws-arena';
export const role = 'ws-user';
/** In whose name its introspection may be asked. */
export const credentials = { clientId: 'ws-arena', clientSecret: 'a secret: of a test' };

/** An RSA key pair of 2048 bits. */
export async function signingKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateJwk: await exportJWK(privateKey), publicJwk: await exportJWK(publicKey) };
}

/** A small issuer on 127.0.0.1: it serves its keys, signs any claims, and answers introspection. */
export class Issuer {
  /** The key that signs now. */
  key: SigningKey;
  /** How often its keys were fetched, and how often it was asked about a token. */
  readonly asked = { keys: 0, introspection: 0 };
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #revoked = new Set<string>();
  #encryption: SigningKey;
  #port = 0;

  private constructor(key: SigningKey, encryption: SigningKey) {
    this.key = key;
    this.#encryption = encryption;
  }

  static async start(): Promise<Issuer> {
    const issuer = new Issuer(await signingKey('first'), await signingKey('for-encryption'));
    await issuer.comeBack();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The settings that take its tokens; `more` is of packages/config. */
  config(more: Readonly<Record<string, unknown>> = {}) {
    return parseConfig({ ...this.settings(), ...more });
  }

  settings(): Record<string, string> {
    return {
      authIssuer: this.url,
      authAudience: audience,
      authRole: role,
      authJwksUrl: `${this.url}/certs`,
    };
  }

  /** A token that is good for a minute, unless `options` say otherwise. */
  async token({ claims = {}, header = {}, key = this.key }: TokenOptions = {}): Promise<string> {
    const nowSec = Math.floor(Date.now() / 1000);
    const usual = { iss: this.url, aud: audience, exp: nowSec + 60, iat: nowSec, sub: 'somebody' };
    const jwt = new SignJWT({ ...usual, realm_access: { roles: [role] }, ...claims });
    return jwt.setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header }).sign(key.privateJwk);
  }

  /** Signs with a new key from now on; the old one is not served any more. */
  async rotate(): Promise<void> {
    this.key = await signingKey(`after-${this.key.kid}`);
  }

  revoke(token: string): void {
    this.#revoked.add(token);
  }

  /** Nobody can reach it until `comeBack`. */
  async goAway(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async comeBack(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    // It serves as long as somebody else has something to do.
    this.#server.unref();
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/certs') {
      this.asked.keys += 1;
      response.end(JSON.stringify(this.#jwks()));
    } else if (request.url === '/introspect') {
      this.asked.introspection += 1;
      response.end(JSON.stringify(await this.#introspected(request)));
    } else {
      response.writeHead(404).end();
    }
  }

  #jwks() {
    return {
      keys: [
        { ...this.#encryption.publicJwk, kid: this.#encryption.kid, use: 'enc', alg: 'RSA-OAEP' },
        { ...this.key.publicJwk, kid: this.key.kid, use: 'sig', alg: 'RS256' },
      ],
    };
  }

  async #introspected(request: IncomingMessage): Promise<object> {
    const { clientId, clientSecret } = credentials;
    const known = Buffer.from(`${clientId}:${encodeURIComponent(clientSecret)}`).toString('base64');
    if (request.headers.authorization !== `Basic ${known}`) return { error: 'invalid_client' };
    const token = new URLSearchParams(await text(request)).get('token') ?? '';
    if (this.#revoked.has(token)) return { active: false };
    try {
      if (decodeProtectedHeader(token).kid !== this.key.kid) return { active: false };
      const { payload } = await jwtVerify(token, createLocalJWKSet(this.#jwks()), { algorithms: ['RS256'] });
      return { ...payload, active: true };
    } catch {
      return { active: false };
    }
  }
}
