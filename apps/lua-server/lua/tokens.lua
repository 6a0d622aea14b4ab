-- Until when a client may stay by its token, as packages/lifecycle's token gate decides it. Loaded only where tokens are
-- asked for.
local token = require "token"

local BEARER = "Bearer "
--- The longest token and the word before it.
local MAX_RENEWAL_BYTES = 8192 + #BEARER
local UNAUTHORIZED, FORBIDDEN = 3000, 3003
local SENTENCES = {
  [401] = "there is no token, or it is no good",
  [403] = "the token does not name the role",
  [503] = "nobody can tell whether the token is good",
}

--- Asks Nginx itself for the keys, at a socket in a folder of mode 0700: no other user can reach it. A subrequest would
-- take the events of the client from an open WebSocket.
local function fetch_keys()
  local socket = ngx.socket.tcp()
  socket:settimeouts(1000, 1000, 8000)
  if not socket:connect("unix:" .. ngx.config.prefix() .. "keys.sock") then
    return 502, ""
  end
  socket:send "GET / HTTP/1.0\r\n\r\n"
  local answer = socket:receive "*a" or ""
  socket:close()
  local status, text = answer:match "^HTTP/1%.1 (%d+).-\r\n\r\n(.*)$"
  return tonumber(status) or 502, text
end

--- What asks for tokens by these settings.
return function(settings)
  local wanted = {
    issuer = settings.authIssuer,
    audience = settings.authAudience,
    role = settings.authRole,
    keys_url = settings.authJwksUrl,
    keys_max_age_sec = settings.authKeysMaxAgeMs / 1000,
    fetch_keys = fetch_keys,
  }

  --- Until when the token in one of these headers is good (seconds since 1970), or nil, a status and a sentence.
  local function judged(authorization, protocols)
    local status, claims = token.verdict(authorization, protocols, wanted)
    if status == 200 then
      return claims.exp
    end
    return nil, status, SENTENCES[status]
  end

  local tokens = {}

  --- The same for the request that asks for an upgrade, or for the word of a proxy that has checked its token.
  function tokens.admit()
    if not settings.authByProxy then
      return judged(ngx.var.http_authorization, ngx.var.http_sec_websocket_protocol)
    end
    local until_sec = tonumber((ngx.var.http_x_token_expires or ""):match "^%d+%.?%d*$")
    if until_sec and until_sec > ngx.now() then
      return until_sec
    end
    return nil, 401, "no proxy has checked a token"
  end

  --- The subprotocol to answer with: a client that brings its token as one wants `bearer`.
  function tokens.subprotocol()
    return ngx.re.find(ngx.var.http_sec_websocket_protocol or "", [[^\s*bearer\s*,]], "ijo") and "bearer" or nil
  end

  --- Whether a text is a new token, and no message.
  function tokens.is_one(text)
    return #text <= MAX_RENEWAL_BYTES and text:sub(1, #BEARER) == BEARER
  end

  --- Lets a connection stay as long as its new token says, or closes it. While nobody can tell, the old one counts.
  function tokens.renew(connection, text)
    local until_sec, status
    if settings.authByProxy then
      status = 401
    else
      until_sec, status = judged(text)
    end
    if until_sec then
      connection:stay(until_sec)
    elseif status ~= 503 then
      connection:close(status == 403 and FORBIDDEN or UNAUTHORIZED)
    end
  end

  return tokens
end
