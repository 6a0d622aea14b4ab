// Checks a token for Nginx' auth_request, in njs 0.7.9 and later: by its signature, with one algorithm and the issuer's
// keys by name, as packages/auth does. The settings are variables of the location: $token_issuer, $token_audience and
// $token_role. njs keeps nothing from one request to the next, so the location /_keys keeps the keys, as they were served.
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const AUTHORIZATION = /^bearer +(\S+)$/i;
const PROTOCOL = /^bearer\s*,\s*(\S+)$/i;
const MAX_TOKEN_BYTES = 8192;
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

async function check(r) {
  const token = tokenFrom(r.variables.http_authorization, r.variables.http_sec_websocket_protocol);
  const kid = token && keyName(part(token, 0));
  if (!kid) return refuse(r);
  const reply = await r.subrequest('/_keys');
  if (reply.status !== 200) return r.return(503);
  const jwk = keyNamed(kid, reply.responseText);
  // Keys that could not be fetched anew may lack the one that is asked for.
  if (!jwk) return reply.variables.upstream_cache_status === 'STALE' ? r.return(503) : refuse(r);
  const status = (await isSigned(token, jwk)) ? judge(r, part(token, 1)) : 401;
  return status === 401 ? refuse(r) : r.return(status);
}

function refuse(r) {
  r.headersOut['WWW-Authenticate'] = 'Bearer error="invalid_token"';
  r.return(401);
}

function tokenFrom(authorization, protocols) {
  const found = AUTHORIZATION.exec((authorization || '').trim()) || PROTOCOL.exec((protocols || '').trim());
  const token = found ? found[1] : '';
  return token.length <= MAX_TOKEN_BYTES && COMPACT.test(token) ? token : undefined;
}

/** The JSON object in a part of the token, or undefined. */
function part(token, at) {
  try {
    const value = JSON.parse(Buffer.from(token.split('.')[at], 'base64url').toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (_e) {
    return undefined;
  }
}

/** The key that a header names, or undefined when it asks for anything that is not done here. */
function keyName(header) {
  if (!header) return undefined;
  const taken = header.alg === 'RS256' && header.crit === undefined && typeof header.kid === 'string';
  return taken ? header.kid : undefined;
}

/** The key of that name in the text of a JWKS, or undefined. */
function keyNamed(kid, text) {
  try {
    return JSON.parse(text).keys.find(
      (key) =>
        key.kid === kid &&
        key.kty === 'RSA' &&
        (key.use || 'sig') === 'sig' &&
        (key.alg || 'RS256') === 'RS256',
    );
  } catch (_e) {
    return undefined;
  }
}

async function isSigned(token, jwk) {
  const at = token.lastIndexOf('.');
  try {
    const key = await crypto.subtle.importKey('spki', spki(jwk), RS256, false, ['verify']);
    const signature = Buffer.from(token.slice(at + 1), 'base64url');
    return await crypto.subtle.verify(RS256, key, signature, Buffer.from(token.slice(0, at)));
  } catch (_e) {
    return false;
  }
}

/** 204, 401 or 403 for the claims; of a good token it says until when. */
function judge(r, claims) {
  if (!claims) return 401;
  const nowSec = Date.now() / 1000;
  const role = r.variables.token_role;
  const roles = claims.realm_access ? claims.realm_access.roles : [];
  if (claims.iss !== r.variables.token_issuer) {
    r.warn(
      `a token with a good signature is of the issuer ${JSON.stringify(claims.iss)}, and authIssuer is "${r.variables.token_issuer}"`,
    );
    return 401;
  }
  if (!asArray(claims.aud).includes(r.variables.token_audience)) return 401;
  if (typeof claims.exp !== 'number' || claims.exp <= nowSec) return 401;
  if (claims.nbf !== undefined && !(typeof claims.nbf === 'number' && claims.nbf <= nowSec)) return 401;
  if (role && !(Array.isArray(roles) && roles.includes(role))) return 403;
  r.headersOut['X-Token-Expires'] = String(claims.exp);
  return 204;
}

function asArray(value) {
  return Array.isArray(value) ? value : [value];
}

/** A JWK as SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 8017, A.1.1): njs imports JWKs since 0.7.10 only. */
function spki(jwk) {
  const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  const key = der(0x30, Buffer.concat([integer(jwk.n), integer(jwk.e)]));
  return der(0x30, Buffer.concat([rsaEncryption, der(0x03, Buffer.concat([Buffer.from([0]), key]))]));
}

function integer(base64url) {
  const bytes = Buffer.from(base64url, 'base64url');
  return der(0x02, bytes[0] < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

function der(tag, content) {
  const n = content.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag].concat(length)), content]);
}

export default { check };
