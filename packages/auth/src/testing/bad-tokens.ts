import { SignJWT } from 'jose';
import { type Issuer, type SigningKey, signingKey } from './issuer.ts';

/** A token that must not get in, and what it gets; `4xx` is any refusal of the client. */
export interface BadToken {
  readonly name: string;
  readonly status: 401 | 403 | '4xx';
  readonly make: (issuer: Issuer) => Promise<string> | string;
}

const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function parts(issuer: Issuer): Promise<[string, string, string]> {
  return (await issuer.token()).split('.') as [string, string, string];
}

/** Signed with HMAC, by a secret that everybody knows. */
async function hmac(issuer: Issuer, secret: string): Promise<string> {
  const [, payload] = await parts(issuer);
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: issuer.key.kid });
  return jwt.sign(Buffer.from(secret));
}

/** The public key as PEM, which a check that trusts `alg` would take as the secret. */
async function pem({ publicJwk }: SigningKey): Promise<string> {
  const key = await crypto.subtle.importKey(
    'jwk',
    publicJwk,
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['verify'],
  );
  const der = Buffer.from(await crypto.subtle.exportKey('spki', key)).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`;
}

const claims =
  (changed: (issuer: Issuer) => Readonly<Record<string, unknown>>): BadToken['make'] =>
  (issuer) =>
    issuer.token({ claims: changed(issuer) });
const header =
  (changed: Readonly<Record<string, unknown>>): BadToken['make'] =>
  (issuer) =>
    issuer.token({ header: changed });
const bad = (name: string, make: BadToken['make'], status: BadToken['status'] = 401): BadToken => ({
  name,
  status,
  make,
});

/** Every way in that somebody has tried; each must be refused by everything that checks tokens. */
export const badTokens: readonly BadToken[] = [
  bad('empty', () => ''),
  bad('no JWT', () => 'let-me-in'),
  bad('three empty parts', () => '..'),
  bad(
    'expired',
    claims(() => ({ exp: seconds(-1) })),
  ),
  bad(
    'never expires',
    claims(() => ({ exp: undefined })),
  ),
  bad(
    'expires at a text',
    claims(() => ({ exp: String(seconds(60)) })),
  ),
  bad(
    'not valid yet',
    claims(() => ({ nbf: seconds(60) })),
  ),
  bad(
    'of another issuer',
    claims(() => ({ iss: 'https://sso.example.com' })),
  ),
  bad(
    'of an issuer that only starts the same',
    claims((issuer) => ({ iss: `${issuer.url}/other` })),
  ),
  bad(
    'for another audience',
    claims(() => ({ aud: 'ws-arena-admin' })),
  ),
  bad(
    'for no audience',
    claims(() => ({ aud: undefined })),
  ),
  bad('signed by somebody else under a known name', async (issuer) =>
    issuer.token({ key: { ...(await signingKey('x')), kid: issuer.key.kid } }),
  ),
  bad('signed by somebody else under his own name', async (issuer) =>
    issuer.token({ key: await signingKey('x') }),
  ),
  bad('signed by a key that it brings along', async (issuer) => {
    const key = await signingKey('x');
    return issuer.token({ key, header: { jwk: key.publicJwk } });
  }),
  bad('tampered claims', async (issuer) => {
    const [head, payload, signature] = await parts(issuer);
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return `${head}.${part({ ...said, sub: 'somebody else' })}.${signature}`;
  }),
  bad('tampered signature', async (issuer) => {
    const [head, payload, signature] = await parts(issuer);
    return `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  }),
  bad('half a signature', async (issuer) => {
    const [head, payload, signature] = await parts(issuer);
    return `${head}.${payload}.${signature.slice(0, 171)}`;
  }),
  bad('no signature', async (issuer) => (await parts(issuer)).slice(0, 2).join('.')),
  ...['none', 'None', 'NONE'].map((alg) =>
    bad(`alg ${alg}, unsigned`, async (issuer) => {
      const [, payload] = await parts(issuer);
      return `${part({ alg, kid: issuer.key.kid })}.${payload}.`;
    }),
  ),
  bad('alg none, signed', async (issuer) => {
    const [, payload, signature] = await parts(issuer);
    return `${part({ alg: 'none', kid: issuer.key.kid })}.${payload}.${signature}`;
  }),
  bad('HS256 with the public key as PEM', async (issuer) => hmac(issuer, await pem(issuer.key))),
  bad('HS256 with the modulus', (issuer) => hmac(issuer, issuer.key.publicJwk.n!)),
  bad('RS512', header({ alg: 'RS512' })),
  bad('PS256', header({ alg: 'PS256' })),
  bad('unknown key', header({ kid: 'nobody' })),
  bad('no key named', header({ kid: undefined })),
  bad('named key is for encryption', header({ kid: 'for-encryption' })),
  bad('named key is a path', header({ kid: '../../dev/null' })),
  bad('extension that must be understood', async (issuer) => {
    const [, payload, signature] = await parts(issuer);
    const head = { alg: 'RS256', kid: issuer.key.kid, crit: ['exp'], exp: seconds(60) };
    return `${part(head)}.${payload}.${signature}`;
  }),
  bad('of 7 KiB', () => `${'e'.repeat(7000)}.e30.e30`),
  bad('of 60 KiB', () => `${'e'.repeat(60_000)}.e30.e30`, '4xx'),
  bad(
    'without a role',
    claims(() => ({ realm_access: undefined })),
    403,
  ),
  bad(
    'with another role',
    claims(() => ({ realm_access: { roles: ['ws-admin', 'ws-users'] } })),
    403,
  ),
  bad(
    'with the role as a text',
    claims(() => ({ realm_access: { roles: 'ws-user' } })),
    403,
  ),
];
