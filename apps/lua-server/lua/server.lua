-- The contract's server on lua-resty-websocket.
local admission = require "admission"
local cjson = require "cjson.safe"
local Connection = require "connection"
local drain = require "drain"
local messages = require "messages"
local metrics = require "metrics"
local rooms = require "rooms"
local websockets = require "nginx.websocket.server"

local settings = cjson.decode(os.getenv "WS_LUA_SETTINGS")
--- Nil where no token is asked for.
local tokens = (settings.authIssuer ~= "" or settings.authByProxy) and require "tokens"(settings) or nil
local TEXT, BINARY, PONG = 0x1, 0x2, 0xa
--- A connection that ended without a close frame (RFC 6455, 7.4.1).
local ABNORMAL = 1006
--- A peer that is silent is cut off by its pongs, not by this.
local READ_TIMEOUT_MS = 2147483647

local open = {}
local server = {}

local function refuse(status, sentence)
  metrics.rejected(status)
  ngx.status = status
  ngx.header["Sec-WebSocket-Version"] = status == 400 and "13" or nil
  ngx.header["WWW-Authenticate"] = status == 401 and 'Bearer error="invalid_token"' or nil
  ngx.header.content_type = "text/plain"
  ngx.header.connection = "close"
  ngx.say(sentence)
end

--- Reads until the connection ends; returns the code that the client gave, 1006 without one.
local function read(connection, websocket, workload)
  local limit = settings.readLimitBytes
  local function control(kind, data)
    if kind == "ping" then
      connection:send(PONG, data)
    else
      connection.pong_at = ngx.now()
    end
  end
  while true do
    local kind, data, came = messages.read(websocket, limit, control)
    if kind == "close" then
      connection:close(data)
      return came
    elseif kind == "error" then
      if data ~= ABNORMAL then
        connection:close(data)
      end
      return ABNORMAL
    elseif tokens and kind == "text" and tokens.is_one(data) then
      tokens.renew(connection, data)
    elseif not connection.close_sent then
      metrics.received = metrics.received + 1
      metrics.received_bytes = metrics.received_bytes + #data
      local opcode = kind == "text" and TEXT or BINARY
      if workload.is_room then
        rooms.publish(workload.topic, opcode, data)
      elseif connection:send(opcode, data) then
        metrics.sent = metrics.sent + 1
        metrics.sent_bytes = metrics.sent_bytes + #data
      end
    end
  end
end

--- The WebSocket of this request, or nil and what is wrong with it. The library looks at neither method nor key.
local function upgraded()
  if ngx.req.get_method() ~= "GET" then
    return nil, "the method is not GET"
  elseif not ngx.re.find(ngx.var.http_sec_websocket_key or "", "^[A-Za-z0-9+/]{22}==$", "jo") then
    return nil, "Sec-WebSocket-Key is not 16 bytes in base64"
  end
  -- The library would answer with all that the client offers; this server speaks none but the one that brings a token.
  ngx.req.set_header("Sec-WebSocket-Protocol", tokens and tokens.subprotocol())
  return websockets:new { max_payload_len = settings.readLimitBytes }
end

--- Serves one connection, from its upgrade to its end.
function server.serve()
  local workload, status, sentence = admission.admit(settings)
  if not workload then
    return refuse(status, sentence)
  end
  local until_sec
  if tokens then
    until_sec, status, sentence = tokens.admit()
    if not until_sec then
      return refuse(status, sentence)
    end
    -- Meanwhile the last place may have been taken, or a drain have begun.
    workload, status, sentence = admission.admit(settings)
    if not workload then
      return refuse(status, sentence)
    end
  end
  -- Takes the place first: the library may have to wait before it has answered, and does not return if the client leaves
  -- meanwhile.
  local place = { taken = true }
  ngx.ctx.place = place
  metrics.connections = metrics.connections + 1
  local websocket, wrong = upgraded()
  if not websocket then
    return refuse(400, wrong)
  end
  websocket.sock:settimeouts(READ_TIMEOUT_MS, settings.writeWaitMs, READ_TIMEOUT_MS)
  local connection = Connection.new(websocket.sock, settings, function(connection, code)
    open[connection] = nil
    place.taken = false
    metrics.closed(connection.sent_code or code)
    if workload.topic then
      rooms.leave(workload, connection)
    end
  end)
  connection.until_sec = until_sec or math.huge
  open[connection] = true
  if workload.topic then
    rooms.join(workload, connection)
  end
  if drain.begun then
    -- It began while the library answered, and does not know of this one.
    connection.draining = true
    connection.due:post(1)
  end
  local writer = ngx.thread.spawn(connection.write_when_due, connection)
  local code = read(connection, websocket, workload)
  connection.gone = true
  connection:ended(code)
  ngx.thread.kill(writer)
end

--- After each request that asked for an upgrade, however it ended: gives back the place of one that became no connection.
function server.over()
  local place = ngx.ctx.place
  if place and place.taken then
    metrics.connections = metrics.connections - 1
  end
end

function server.healthz()
  ngx.status = drain.begun and 503 or 200
  ngx.say(drain.begun and "draining" or "ok")
end

function server.nothing_here()
  if ngx.var.http_upgrade then
    return refuse(404, ("nothing is served at %s; the path is %s"):format(ngx.var.uri, settings.path))
  end
  ngx.status = 404
end

--- Says that it serves, and watches for SIGTERM.
function server.start()
  io.stdout:write(cjson.encode {
    ready = true,
    target = "lua",
    port = settings.port,
    pid = ngx.worker.pid(),
    library = "lua-resty-websocket",
    version = websockets._VERSION,
    runtime = "nginx " .. settings.version,
  }, "\n")
  io.stdout:flush()
  drain.watch(open, settings)
end

return server
