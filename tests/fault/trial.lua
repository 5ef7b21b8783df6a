-- trial: a scene under a fault, from the same beginning each time, and what is wrong afterwards.
--
--   local trial = require "tests.fault.trial"
--   local t = trial.new(name)            the scene, run once in peace: t.writes, t.calls, t.allocations, t.reads
--   t:run("call:12:5") -> nil | what is wrong, a text; t.said is what the command said
--   trial.state(top) -> { rows, files }  what stands in a folder
--   t:remove()
--
-- After each: no signal; never "a fault in Waymark itself"; exit status 1 with one line on standard
-- error, and nothing done, or the status of a run in peace, and all done; `check` passes; no file is
-- left that a run in peace would not leave. A command that says that it did its work but could not
-- say so has done it whole.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local lfs = require "lfs"
local scenes = require "tests.fault.scenes"
local workspace = require "tests.support.workspace"

local trial = {}
trial.__index = trial

local shim

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- What stands -------------------------------------------------------------------------

-- SQLite's own, and what a name is each time another: a reference by chance, a digest with a salt.
local function name_of(path) return (path:gsub("%x%x%x%x%x%x%x%x+", "…")) end

local function walk(top, below, see)
  for name in lfs.dir(top .. below) do
    local path = below .. "/" .. name
    local mode = name ~= "." and name ~= ".." and lfs.symlinkattributes(top .. path, "mode")
    if mode == "directory" then walk(top, path, see) elseif mode then see(path) end
  end
end

-- { rows = text of all rows of all workspaces, files = { [name] = true }, faults = what `check` says };
-- `known` are rows by the bytes of a database, which is read once.
function trial.state(top, known)
  local rows, files, faults = {}, {}, {}
  local databases = {}
  walk(top, "", function(path)
    if path:find "/waymark%.db$" then databases[#databases + 1] = path end
    if not path:find "/waymark%.db%-%l+$" and not path:find "^/%." then files[name_of(path)] = true end
  end)
  table.sort(databases)
  for _, path in ipairs(databases) do
    local has_log = (lfs.attributes(top .. path .. "-wal", "size") or 0) > 0
    local bytes = not has_log and core.system.sha256(folder.read(top .. path))
    local found = bytes and known[bytes]
    if not found then
      found = { rows = kill.rows(top .. path), faults = kill.check(top .. path) }
      if bytes then known[bytes] = found end
    end
    rows[#rows + 1] = path .. "\n" .. found.rows
    for _, fault in ipairs(found.faults) do faults[#faults + 1] = path .. ": " .. fault end
  end
  return { rows = table.concat(rows, "\n"), files = files, faults = faults }
end

-- Running -----------------------------------------------------------------------------

function trial:fresh()
  assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(self.w.top, self.kept, self.w.top)))
end

-- The words of sh that run a line under a fault.
function trial.words(w, fault, line, err, more)
  if not shim then
    local dir = folder.new()
    shim = kill.build_shim(dir .. "/shim.so")
    -- Removed when all are done.
    trial.held = setmetatable({}, { __gc = function() folder.remove(dir) end })
  end
  local set = ("env %s FAULT=%s FAULT_COUNT=%s.count LD_PRELOAD=%s"):format(more or "", fault, w.top, shim)
  return ("cd %s && timeout -s KILL 300 %s %s -C w %s >%s.out 2>%s </dev/null"):format(quoted(w.top), set,
    quoted(workspace.program()), line, w.top, quoted(err))
end

-- -> exit status (128 and more: a signal), standard error
local function execute(self, fault)
  local err = self.w.top .. ".err"
  local _, how, status = os.execute(("sh -c %s 2>/dev/null"):format(quoted(trial.words(self.w, fault, self.line, err))))
  local said, printed = folder.read(err), folder.read(self.w.top .. ".out")
  os.remove(err)
  os.remove(self.w.top .. ".out")
  return how == "signal" and 128 + status or status, said, printed
end

-- What is wrong with what was said, whatever was to be done. What a check finds is printed.
function trial.fault_of(status, said, printed)
  if status >= 128 then return "ended by signal " .. status - 128 end
  if status ~= 0 and status ~= 1 and status ~= 3 then return "exit status " .. status end
  if said:find("a fault in Waymark itself", 1, true) then return said end
  local is_said = said:find "^waymark: [^\n]+\n" or said == "" and (printed or "") ~= ""
  if status == 1 and not is_said then return "status 1 without a line: " .. said end
end

local function first_difference(a, b)
  local of_b = {}
  for line in b:gmatch "[^\n]+" do of_b[line] = true end
  for line in a:gmatch "[^\n]+" do
    if not of_b[line] then return line:sub(1, 200) end
  end
  return "fewer rows"
end

-- Whether files are there that are in none of these states.
function trial.left_behind(state, ...)
  for name in pairs(state.files) do
    local is_known = false
    for _, each in ipairs { ... } do is_known = is_known or each.files[name] end
    if not is_known then return name end
  end
end

function trial:run(fault)
  self:fresh()
  local status, said, printed = execute(self, fault)
  self.said = said
  local now = trial.state(self.w.top, self.known)
  local wrong = trial.fault_of(status, said, printed)
  local left = trial.left_behind(now, self.before, self.after)
  if not wrong and #now.faults > 0 then wrong = "check: " .. now.faults[1] end
  if not wrong and left then wrong = "left behind: " .. left end
  local is_before, is_after = now.rows == self.before.rows, now.rows == self.after.rows
  if not wrong and not self.steps and not is_before and not is_after then
    wrong = "half done: " .. first_difference(now.rows, self.after.rows)
  end
  if not wrong and status ~= 1 and not is_after and not self.steps then
    wrong = ("said to be done (%d), and is not: %s"):format(status, said)
  end
  local is_refused = status == 1 and self.status ~= 1 and not self.steps
  if not wrong and is_refused and is_after and not is_before and not said:find "done" then
    wrong = "said not to be done, and is: " .. said
  end
  self.refused, self.done = self.refused + (status == 1 and 1 or 0), self.done + (status ~= 1 and 1 or 0)
  return wrong and ("%s, %s: %s"):format(self.line, fault, wrong)
end

function trial.new(name)
  local w = scenes.workspace(name)
  local self = setmetatable({ w = w, line = scenes.line(name), kept = w.top .. ".kept", known = {}, refused = 0,
    done = 0, steps = scenes.options(name).steps }, trial)
  assert(os.execute(("rm -rf %s && cp -a %s %s"):format(self.kept, w.top, self.kept)))
  self.before = trial.state(w.top, self.known)
  self.status = execute(self, "count")
  local count = w.top .. ".count"
  local numbers = folder.read(count):gmatch "%d+"
  for _, each in ipairs { "writes", "calls", "allocations", "reads" } do self[each] = tonumber(numbers()) end
  os.remove(count)
  self.after = trial.state(w.top, self.known)
  return self
end

function trial:remove()
  folder.remove(self.kept)
  self.w:remove()
end

return trial
