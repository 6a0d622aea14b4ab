-- Whole messages out of the frames that lua-resty-websocket reads: it joins no fragments and does not look at UTF-8.

local TOO_BIG, BROKEN, NOT_TEXT, ENDED = 1009, 1002, 1007, 1006

--- PCRE looks at the whole subject before it matches anything.
local function is_utf8(data)
  local _, _, err = ngx.re.find(data, "^", "jou")
  return err == nil
end

--- The close code for what the library says of a frame.
local function code_of(err)
  if err:find("max payload len", 1, true) or err:find("payload len too large", 1, true) then
    return TOO_BIG
  end
  return err:find("failed to re", 1, true) and ENDED or BROKEN
end

--- Whether a peer may close with this code (RFC 6455, 7.4).
local function may_close_with(code)
  return (code >= 1000 and code <= 1014 and code ~= 1004 and code ~= 1005 and code ~= 1006)
    or (code >= 3000 and code <= 4999)
end

local messages = {}

--- What comes next: kind (`text`, `binary`, `ping`, `pong`, `close`) and data, or `close` and the code to answer with.
local function next_frame(websocket)
  local data, kind, more = websocket:recv_frame()
  if not data then
    return "error", code_of(more or "failed to receive"), nil
  end
  if kind ~= "close" then
    return kind, data, more == "again"
  elseif not more then
    return "close", nil, 1005
  elseif not may_close_with(more) then
    return "error", BROKEN
  elseif not is_utf8(data) then
    return "error", NOT_TEXT
  end
  return "close", more, more
end

--- Reads frames until a message is whole, and gives control frames to `control`.
-- Returns `text` or `binary` and the data; `close`, the code to answer with and the code that came; or `error` and a code.
function messages.read(websocket, limit_bytes, control)
  local kind, parts, bytes
  while true do
    local frame, data, more = next_frame(websocket)
    if frame == "error" or frame == "close" then
      return frame, data, more
    elseif frame == "ping" or frame == "pong" then
      control(frame, data)
    elseif (frame == "continuation") ~= (kind ~= nil) then
      return "error", BROKEN
    elseif not kind and not more then
      if frame == "text" and not is_utf8(data) then
        return "error", NOT_TEXT
      end
      return frame, data
    else
      if not kind then
        kind, parts, bytes = frame, {}, 0
      end
      parts[#parts + 1] = data
      bytes = bytes + #data
      if bytes > limit_bytes then
        return "error", TOO_BIG
      end
      if not more then
        local whole = table.concat(parts)
        if kind == "text" and not is_utf8(whole) then
          return "error", NOT_TEXT
        end
        return kind, whole
      end
    end
  end
end

return messages
