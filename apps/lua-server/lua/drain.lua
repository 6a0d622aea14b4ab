-- What SIGTERM does: no new connections, 1001 to all, spread over a time, and the end when the last has gone or the grace is
-- over. Nginx by itself would end at once on SIGTERM, and has a slow stop only as a master with workers; so the signal is blocked, and a
-- timer looks for it.
local ffi = require "ffi"
local metrics = require "metrics"

ffi.cdef [[
typedef struct { unsigned long bits[16]; } ws_sigset;
int sigemptyset(ws_sigset *set);
int sigaddset(ws_sigset *set, int number);
int sigprocmask(int how, const ws_sigset *set, ws_sigset *old);
int sigpending(ws_sigset *set);
int sigismember(const ws_sigset *set, int number);
extern void *ngx_cycle;
void ngx_close_listening_sockets(void *cycle);
extern int ngx_terminate;
]]

local libc = ffi.C
local SIG_BLOCK, SIGINT, SIGTERM = 0, 2, 15
local LOOK_SEC = 0.05

local function is_asked_to_end()
  local pending = ffi.new "ws_sigset"
  libc.sigpending(pending)
  return libc.sigismember(pending, SIGTERM) == 1 or libc.sigismember(pending, SIGINT) == 1
end

--- Ends the process when all have gone, those too that are let in and whose upgrade is not answered yet.
local function finish(_, ends_at)
  if metrics.connections == 0 or ngx.now() >= ends_at then
    libc.ngx_terminate = 1
  else
    assert(ngx.timer.at(LOOK_SEC, finish, ends_at))
  end
end

local drain = { begun = false }

--- Closes those whose turn has come; when that is all of them, nothing listens any more.
local function close_due(_, open, settings, leaving, told, began_at)
  local spread, passed = settings.drainSpreadMs / 1000, ngx.now() - began_at
  local all = passed >= spread or next(open) == nil
  local due = all and #leaving or math.floor(#leaving * passed / spread) + 1
  for i = told + 1, due do
    leaving[i].draining = true
    leaving[i].due:post(1)
  end
  if due < #leaving then
    assert(ngx.timer.at(LOOK_SEC, close_due, open, settings, leaving, due, began_at))
  else
    libc.ngx_close_listening_sockets(libc.ngx_cycle)
    finish(nil, began_at + settings.shutdownGraceMs / 1000)
  end
end

local function look(_, open, settings)
  if not is_asked_to_end() then
    assert(ngx.timer.at(LOOK_SEC, look, open, settings))
    return
  end
  drain.begun = true
  local leaving = {}
  for connection in pairs(open) do
    leaving[#leaving + 1] = connection
  end
  close_due(nil, open, settings, leaving, 0, ngx.now())
end

--- @param open the connections, as keys
function drain.watch(open, settings)
  local signals = ffi.new "ws_sigset"
  libc.sigemptyset(signals)
  libc.sigaddset(signals, SIGTERM)
  libc.sigaddset(signals, SIGINT)
  libc.sigprocmask(SIG_BLOCK, signals, nil)
  look(nil, open, settings)
end

return drain
