-- What the server counts, as Prometheus reads it.
local cjson = require "cjson.safe"

local names = cjson.decode(os.getenv "WS_LUA_SETTINGS").metrics
local metrics = {
  connections = 0,
  received = 0,
  received_bytes = 0,
  sent = 0,
  sent_bytes = 0,
  closes = {},
  cuts = { pong_wait = 0, write_wait = 0, buffer_full = 0 },
  rejects = {},
}

local function count(counts, name)
  counts[name] = (counts[name] or 0) + 1
end

--- The label of a close code, by the rule of packages/server-interface: a client does not choose how many series there are.
local function label(code)
  local registered = (code >= 1000 and code <= 1003) or (code >= 1005 and code <= 1014)
  if registered or code == 3000 or code == 3003 or code == 3008 then
    return tostring(code)
  end
  return code >= 3000 and code <= 4999 and math.floor(code / 1000) .. "xxx" or "other"
end

function metrics.closed(code)
  metrics.connections = metrics.connections - 1
  count(metrics.closes, label(code))
end

function metrics.cut(reason)
  count(metrics.cuts, reason)
end

function metrics.rejected(status)
  count(metrics.rejects, status)
end

--- @param metric a name, a type and a help text of packages/server-interface
local function write(lines, metric, samples)
  local name = metric.name
  lines[#lines + 1] = ("# HELP %s %s\n# TYPE %s %s\n"):format(name, metric.help, name, metric.type)
  for labels, value in pairs(samples) do
    lines[#lines + 1] = ("%s%s %.15g\n"):format(name, labels, value)
  end
end

local function labelled(name, counts)
  local samples = {}
  for value, number in pairs(counts) do
    samples[('{%s="%s"}'):format(name, value)] = number
  end
  return samples
end

--- The resident memory of this process in bytes.
local function resident_bytes()
  local file = assert(io.open "/proc/self/status")
  local status = file:read "*a"
  -- Otherwise each scrape would keep a descriptor until the garbage collector runs.
  file:close()
  return status:match "VmRSS:%s+(%d+) kB" * 1024
end

--- Answers with the text of now.
function metrics.say()
  local lines = {}
  local directions = { received = metrics.received, sent = metrics.sent }
  local bytes = { received = metrics.received_bytes, sent = metrics.sent_bytes }
  write(lines, names.connections, { [""] = metrics.connections })
  write(lines, names.messages, labelled("direction", directions))
  write(lines, names.bytes, labelled("direction", bytes))
  write(lines, names.closes, labelled("code", metrics.closes))
  write(lines, names.cuts, labelled("reason", metrics.cuts))
  write(lines, names.rejects, labelled("status", metrics.rejects))
  write(lines, names.residentMemory, { [""] = resident_bytes() })
  write(lines, names.cpuSeconds, { [""] = os.clock() })
  ngx.header.content_type = "text/plain; version=0.0.4; charset=utf-8"
  ngx.print(lines)
end

return metrics
