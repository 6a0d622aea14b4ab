-- A WebSocket with what this server knows of it. Two light threads belong to it: its request reads, and `write_when_due`
-- sends what waits, pings, and cuts the peer off. Whoever writes holds the lock, since a cosocket has one writer.
local metrics = require "metrics"
local protocol = require "nginx.websocket.protocol"
local semaphore = require "ngx.semaphore"

local CLOSE, PING = 0x8, 0x9
--- IANA's close code for a client whose token has expired.
local UNAUTHORIZED = 3000
--- Longer than any wait here.
local FOREVER_SEC = 86400
--- The status by which Nginx ends a connection with a reset.
local RESET = 444

local Connection = {}
Connection.__index = Connection

--- @param socket the raw cosocket behind the WebSocket
--- @param ended is called with the code that it ended with, by whichever thread ends it
function Connection.new(socket, settings, ended)
  return setmetatable({
    socket = socket,
    ended = ended,
    settings = settings,
    lock = semaphore.new(1),
    due = semaphore.new(0),
    waiting = {},
    waiting_bytes = 0,
    pong_at = ngx.now(),
    ping_at = ngx.now() + settings.pingPeriodMs / 1000,
    -- When its token expires, and by when it must have answered a close frame.
    until_sec = math.huge,
    cut_at = math.huge,
  }, Connection)
end

--- Ends the connection at once.
function Connection:cut(reason)
  if not self.gone then
    self.gone = true
    metrics.cut(reason)
    self:ended(1006)
    ngx.exit(RESET)
  end
end

--- Sends bytes when nobody else does; false when the connection is gone.
function Connection:write(bytes)
  self.lock:wait(FOREVER_SEC)
  if self.gone or self.close_sent then
    self.lock:post(1)
    return false
  end
  local sent, err = self.socket:send(bytes)
  self.lock:post(1)
  if sent then
    return true
  end
  if err == "timeout" then
    self:cut "write_wait"
  end
  self.gone = true
  return false
end

function Connection:send(opcode, data)
  return self:write(protocol.build_frame(true, opcode, #data, data, false))
end

--- Lets a frame wait for its turn; one more than may wait, and the peer is doomed.
function Connection:enqueue(frame, bytes)
  if self.doomed or self.close_sent then
    return
  end
  self.waiting[#self.waiting + 1] = frame
  self.waiting_bytes = self.waiting_bytes + #frame
  metrics.sent = metrics.sent + 1
  metrics.sent_bytes = metrics.sent_bytes + bytes
  self.doomed = self.waiting_bytes > self.settings.maxBufferedBytes
  if self.due:count() < 1 then
    self.due:post(1)
  end
end

--- Sends what waits.
function Connection:flush()
  while #self.waiting > 0 do
    local frames = self.waiting
    self.waiting = {}
    if not self:write(frames) then
      return false
    end
    self.waiting_bytes = 0
    for _, frame in ipairs(self.waiting) do
      self.waiting_bytes = self.waiting_bytes + #frame
    end
  end
  return true
end

--- Sends what waits, and then a close frame; nothing goes out after it.
function Connection:close(code)
  if self.close_sent or not self:flush() then
    return
  end
  local payload = code and string.char(math.floor(code / 256), code % 256) or ""
  -- What the client sees, whatever it says after that.
  self.sent_code = self:send(CLOSE, payload) and code
  self.close_sent = true
  self.cut_at = ngx.now() + self.settings.writeWaitMs / 1000
  self.due:post(1)
end

--- A new token: it may stay until then (seconds since 1970).
function Connection:stay(until_sec)
  self.until_sec = until_sec
  self.due:post(1)
end

--- The second light thread: until the connection has ended.
function Connection:write_when_due()
  local settings = self.settings
  while not self.gone do
    local silent_at = self.pong_at + settings.pongWaitMs / 1000
    local wait = math.min(self.ping_at, silent_at, self.until_sec, self.cut_at) - ngx.now()
    if wait > 0 then
      -- Nginx counts in milliseconds: less than one would be no wait, and its clock stands still while nobody waits.
      self.due:wait(math.max(wait, 0.001))
    end
    local now = ngx.now()
    if self.gone then
      return
    elseif self.doomed then
      return self:cut "buffer_full"
    elseif now >= self.pong_at + settings.pongWaitMs / 1000 then
      return self:cut "pong_wait"
    elseif now >= self.cut_at then
      return self:cut "write_wait"
    elseif now >= self.until_sec then
      self.until_sec = math.huge
      self:close(UNAUTHORIZED)
    elseif now >= self.ping_at then
      self.ping_at = now + settings.pingPeriodMs / 1000
      self:send(PING, "")
    end
    self:flush()
    if self.draining then
      self:close(1001)
    end
  end
end

return Connection
