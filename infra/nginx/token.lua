-- Checks a token by its signature, with one algorithm and the issuer's keys by name, as packages/auth does: in
-- access_by_lua, and in apps/lua-server. A worker keeps the keys, and fetches them when they are too old.
local base64 = require "ngx.base64"
local cjson = require "cjson.safe"
local ffi = require "ffi"
local semaphore = require "ngx.semaphore"

ffi.cdef [[
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_md_ctx_st EVP_MD_CTX;
EVP_PKEY *d2i_PUBKEY(EVP_PKEY **key, const unsigned char **der, long length);
void EVP_PKEY_free(EVP_PKEY *key);
EVP_MD_CTX *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX *context);
const void *EVP_sha256(void);
int EVP_DigestVerifyInit(EVP_MD_CTX *context, void **, const void *digest, void *engine, EVP_PKEY *key);
int EVP_DigestVerify(EVP_MD_CTX *context, const unsigned char *signature, size_t signature_bytes,
                     const unsigned char *text, size_t text_bytes);
void ERR_clear_error(void);
]]

local libcrypto = ffi.C
local MAX_TOKEN_BYTES = 8192
--- Longer than a fetch of the keys may take.
local TURN_SEC = 10
local turn = semaphore.new(1)
local keys, asked_at, failed, doubted

local function token_from(authorization, protocols)
  local found = ngx.re.match(authorization or "", [[^\s*bearer +(\S+)\s*$]], "ijo")
    or ngx.re.match(protocols or "", [[^\s*bearer\s*,\s*(\S+)\s*$]], "ijo")
  local token = found and found[1] or ""
  if #token <= MAX_TOKEN_BYTES then
    return ngx.re.match(token, [[^([\w-]+)\.([\w-]+)\.([\w-]+)$]], "jo")
  end
end

--- The JSON object in a part of the token, or nil.
local function object(part)
  local text = base64.decode_base64url(part)
  local value = text and cjson.decode(text)
  return type(value) == "table" and value or nil
end

local function der(tag, content)
  local n = #content
  local length = n < 0x80 and string.char(n)
    or n < 0x100 and string.char(0x81, n)
    or string.char(0x82, math.floor(n / 256), n % 256)
  return string.char(tag) .. length .. content
end

local function integer(base64url)
  local bytes = base64.decode_base64url(base64url) or ""
  return der(0x02, (bytes:byte(1) or 0) < 0x80 and bytes or "\0" .. bytes)
end

local function is_text(value)
  return type(value) == "string" and #value <= MAX_TOKEN_BYTES
end

--- A JWK as SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 8017, A.1.1), read by OpenSSL; nil when it is none.
local function public_key(jwk)
  local rsa_encryption = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
  local rsa = der(0x30, integer(jwk.n) .. integer(jwk.e))
  local spki = der(0x30, rsa_encryption .. der(0x03, "\0" .. rsa))
  local start = ffi.new("const unsigned char *[1]", ffi.cast("const unsigned char *", spki))
  local key = libcrypto.d2i_PUBKEY(nil, start, #spki)
  return key ~= nil and ffi.gc(key, libcrypto.EVP_PKEY_free) or nil
end

local function by_name(text)
  local set = cjson.decode(text)
  if type(set) ~= "table" or type(set.keys) ~= "table" then
    return nil
  end
  local named = {}
  for _, jwk in ipairs(set.keys) do
    local is_ours = type(jwk) == "table" and jwk.kty == "RSA" and (jwk.use or "sig") == "sig"
      and (jwk.alg or "RS256") == "RS256"
    if is_ours and is_text(jwk.kid) and is_text(jwk.n) and is_text(jwk.e) then
      named[jwk.kid] = public_key(jwk)
    end
  end
  return named
end

local function ask(settings)
  asked_at = ngx.now()
  local status, text = settings.fetch_keys()
  local fresh = status == 200 and by_name(text)
  keys = fresh or keys
  if failed and fresh then
    ngx.log(ngx.WARN, "the issuer can be reached again")
  elseif not (failed or fresh) then
    ngx.log(ngx.WARN, "the keys at ", settings.keys_url, " cannot be had (", status == 200 and "no JWKS" or "status " .. status,
      "): a token of a key that is not known gets 503; check authJwksUrl and its realm")
  end
  failed = not fresh
end

--- The key of that name; nil and 401 when the issuer has none, nil and 503 when it cannot be asked.
local function key_named(kid, settings)
  local came_at = ngx.now()
  if not keys or came_at - asked_at >= settings.keys_max_age_sec then
    -- Who waits in vain goes on: the request that had the turn was ended within its fetch.
    turn:wait(TURN_SEC)
    -- Whoever had the turn before has asked for this request too.
    if not asked_at or asked_at < came_at then
      ask(settings)
    end
    if turn:count() < 1 then
      turn:post(1)
    end
  end
  return keys and keys[kid], failed and 503 or 401
end

local function is_signed(text, signature, key)
  local context = ffi.gc(libcrypto.EVP_MD_CTX_new(), libcrypto.EVP_MD_CTX_free)
  local good = libcrypto.EVP_DigestVerifyInit(context, nil, libcrypto.EVP_sha256(), nil, key) == 1
    and libcrypto.EVP_DigestVerify(context, signature, #signature, text, #text) == 1
  -- What OpenSSL notes of a bad signature would be taken for an error of the next TLS connection.
  libcrypto.ERR_clear_error()
  return good
end

local function has(list, wanted)
  for _, value in ipairs(type(list) == "table" and list or { list }) do
    if value == wanted then
      return true
    end
  end
  return false
end

--- 200, 401 or 403 for the claims.
local function judge(claims, settings)
  local now = ngx.now()
  local exp, nbf = claims.exp, claims.nbf
  local access = type(claims.realm_access) == "table" and claims.realm_access or {}
  if claims.iss ~= settings.issuer then
    if not doubted then
      ngx.log(ngx.WARN, 'a token with a good signature is of the issuer "', tostring(claims.iss), '", and authIssuer is "',
        settings.issuer, '"')
    end
    doubted = true
    return 401
  end
  if not has(claims.aud, settings.audience) then
    return 401
  end
  if type(exp) ~= "number" or exp <= now or (nbf ~= nil and not (type(nbf) == "number" and nbf <= now)) then
    return 401
  end
  local roles = access.roles
  if settings.role ~= "" and not (type(roles) == "table" and has(roles, settings.role)) then
    return 403
  end
  return 200
end

local token = {}

--- 200, 401, 403 or 503 for the token in one of these headers, and its claims. Settings: issuer, audience, role, keys_url,
-- keys_max_age_sec, and fetch_keys, which returns a status and a text.
function token.verdict(authorization, protocols, settings)
  local found = token_from(authorization, protocols)
  local header = found and object(found[1])
  if not header or header.alg ~= "RS256" or header.crit ~= nil or type(header.kid) ~= "string" then
    return 401
  end
  local key, otherwise = key_named(header.kid, settings)
  if not key then
    return otherwise
  end
  local signature = base64.decode_base64url(found[3])
  if not signature or not is_signed(found[1] .. "." .. found[2], signature, key) then
    return 401
  end
  local claims = object(found[2])
  if not claims then
    return 401
  end
  return judge(claims, settings), claims
end

local function captured_keys()
  local answer = ngx.location.capture "/_keys"
  return answer.status, answer.body
end

--- Lets the request pass, with $token_expires set, or ends it; the keys are those of the location /_keys.
function token.check(settings)
  settings.fetch_keys = captured_keys
  local status, claims = token.verdict(ngx.var.http_authorization, ngx.var.http_sec_websocket_protocol, settings)
  if status == 200 then
    ngx.var.token_expires = string.format("%d", claims.exp)
    return
  end
  if status == 401 then
    ngx.header["WWW-Authenticate"] = 'Bearer error="invalid_token"'
  end
  return ngx.exit(status)
end

return token
