-- Who hears what: the members of each topic, and the clocks of the pushes.
local protocol = require "nginx.websocket.protocol"

local TEXT = 1
local topics = {}
local rooms = {}

--- The text of a notification; one shorter than `bytes` gets a pad.
local function notification(seq, bytes)
  local text = ('{"seq":%d,"sentAt":%.0f}'):format(seq, ngx.now() * 1000)
  if #text >= bytes then
    return text
  end
  return ('%s,"pad":"%s"}'):format(text:sub(1, -2), ("."):rep(math.max(0, bytes - #text - #',"pad":""')))
end

--- Gives a message to every member of a topic, framed once.
function rooms.publish(topic, opcode, data)
  local members = topics[topic]
  local frame = protocol.build_frame(true, opcode, #data, data, false)
  for member in pairs(members.all) do
    member:enqueue(frame, #data)
  end
end

local function tick(premature, workload, members)
  if premature or members.count == 0 then
    return
  end
  rooms.publish(workload.topic, TEXT, notification(members.seq, workload.bytes))
  members.seq = members.seq + 1
  local due = members.started + (members.seq + 1) * workload.period_ms / 1000
  assert(ngx.timer.at(math.max(0, due - ngx.now()), tick, workload, members))
end

--- Joins; the first to ask for a push starts its clock.
function rooms.join(workload, member)
  local members = topics[workload.topic]
  if not members then
    members = { all = {}, count = 0, seq = 0, started = ngx.now() }
    topics[workload.topic] = members
    if workload.period_ms then
      assert(ngx.timer.at(workload.period_ms / 1000, tick, workload, members))
    end
  end
  members.all[member] = true
  members.count = members.count + 1
end

function rooms.leave(workload, member)
  local members = topics[workload.topic]
  members.all[member] = nil
  members.count = members.count - 1
  if members.count == 0 then
    topics[workload.topic] = nil
  end
end

return rooms
