-- Decides on an upgrade request, as packages/lifecycle does: a drain, origin, workload, a free place.
local drain = require "drain"
local metrics = require "metrics"

local PUSH_MIN_MS, PUSH_MAX_MS = 10, 60000

local function first(value)
  if type(value) == "table" then
    value = value[1]
  end
  -- A name without `=`.
  return value == true and "" or value
end

local function whole_number(text)
  return text:match "^%d+$" and #text <= 10 and tonumber(text) or nil
end

--- The workload that the query asks for, or nil and a sentence.
local function workload_of(settings)
  local query = ngx.req.get_uri_args(0)
  local room, push = first(query.room), first(query.push)
  if room and push then
    return nil, "room and push exclude each other"
  elseif room == "" then
    return nil, "room is empty; wanted: a name"
  elseif room then
    return { topic = "room/" .. room, is_room = true }
  elseif not push then
    return {}
  end
  local period_ms = whole_number(push)
  if not period_ms or period_ms < PUSH_MIN_MS or period_ms > PUSH_MAX_MS then
    return nil, ("push is %s; wanted: a period of %d to %d milliseconds"):format(push, PUSH_MIN_MS, PUSH_MAX_MS)
  end
  local asked = first(query.bytes) or "0"
  local bytes = whole_number(asked)
  if not bytes or bytes > settings.readLimitBytes then
    return nil, ("bytes is %s; wanted: a whole number up to %d"):format(asked, settings.readLimitBytes)
  end
  return { topic = ("push/%d/%d"):format(period_ms, bytes), period_ms = period_ms, bytes = bytes }
end

local admission = {}

--- The workload of this request, or nil, a status and a sentence.
function admission.admit(settings)
  if drain.begun then
    return nil, 503, "the server is shutting down"
  end
  local origin = ngx.var.http_origin or ""
  local listed = #settings.originAllowList == 0
  for _, allowed in ipairs(settings.originAllowList) do
    listed = listed or allowed == origin
  end
  if not listed then
    return nil, 403, ("origin %s is not allowed"):format(origin == "" and "(none)" or origin)
  end
  local workload, wrong = workload_of(settings)
  if not workload then
    return nil, 400, wrong
  end
  if settings.maxConnections > 0 and metrics.connections >= settings.maxConnections then
    return nil, 503, ("all %d connections are taken"):format(settings.maxConnections)
  end
  return workload
end

return admission
