-- kill: what becomes of a workspace when a command is killed (-9) in place of one
-- of its writes, or when the disk is full there. tests/fault/fault.c, preloaded
-- into the program, counts the writes and lets the n-th go wrong, so every round
-- is the same on every machine; the rounds are spread over all writes of a command.
--
--   local kill = require "tests.fault.kill"
--   local c = kill.new(w, "suggest" [, { state = function, repeatable = false, clear = function }])
--       keeps the workspace `w`, and all that lies beside it, as it is; runs the
--       command once in peace. `clear` takes away what would be in the way of a second time
--   c:killed(rounds)  -> { rounds =, before =, after = }
--       each round: `check` passes; nothing of the command is there, or all of it;
--       and once more (where it is repeatable, or was not recorded) it is as if
--       nothing had happened
--   c:full(rounds)    -> { rounds =, refused =, done = }
--       each round: it says in one line that the disk is full and nothing is there,
--       or it is done; then the same again
--   c:limited(rounds) -> the same, with a limit on the size of files (ulimit -f)
--   c:remove()
--
-- What went wrong raises, with the command and the round.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local kill = {}
kill.__index = kill

-- Build tests/fault/fault.c at a path.
function kill.build_shim(path)
  assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o '%s' tests/fault/fault.c")
    :format(path)))
  return path
end

-- Doing it -----------------------------------------------------------------------

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function here()
  local pipe <close> = assert(io.popen "pwd")
  return pipe:read "l"
end

-- What runs the command line: the program, or a script in its place.
local function program_of(script)
  if not script then return quoted(workspace.program()) end
  local top, build = here(), workspace.program():match "^(.*)/"
  return ("LUA_PATH='%s/?.lua;%s/lua/?.lua;%s/lua/?/init.lua;;' LUA_CPATH='%s/lua/?.so;;' WAYMARK_BUILD='%s'"
    .. " lua5.4 '%s/%s'"):format(top, top, top, build, build, top, script)
end

-- Run the command line under `fault`, or after other words of sh.
-- -> exit status (137 when killed), what it said on standard error
local function run(self, fault, before)
  local err = self.w.top .. ".err"
  local set = ("FAULT=%s FAULT_COUNT=%s.count LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s\""):format(
    fault or "none", self.w.top, self.shim)
  local line = ("cd %s && %s %s %s -C w %s >/dev/null 2>%s"):format(quoted(self.w.top), before or "", set,
    self.program, self.line, quoted(err))
  local _, how, status = os.execute(("sh -c %s 2>/dev/null"):format(quoted(line)))
  local said = folder.read(err)
  os.remove(err)
  return how == "signal" and 128 + status or status, said
end

-- As it was when the rounds began.
function kill:fresh()
  assert(os.execute(("rm -rf %s && cp -a %s %s"):format(self.w.top, self.kept, self.w.top)))
end

-- What is there --------------------------------------------------------------------

-- Not looked at: what a second run adds by being a second run, and a cache.
local passed_over = { import = true, import_row = true, coverage = true, run = true, run_failure = true,
  declaration = true, looked_at = true }
local volatile = { at = true, salt = true, import = true, path = true, row_digest = true }

local function names(store, sql)
  local list = {}
  local _, rows = assert(store:query(sql))
  for row in rows do list[#list + 1] = row[1] end
  return list
end

-- Salts are new each time, and so are digests of entries.
local function column(table_name, name)
  if table_name == "event" and name == "data" then return "json_remove(data, '$.digest')" end
  return ("quote(\"%s\")"):format(name)
end

local function dump_table(store, name, out)
  local columns = {}
  for _, each in ipairs(assert(store:query("SELECT * FROM " .. name))) do
    if not volatile[each] then columns[#columns + 1] = column(name, each) end
  end
  local _, rows = assert(store:query(("SELECT %s FROM %s ORDER BY %s"):format(table.concat(columns, ", "), name,
    table.concat(columns, ", "))))
  for row in rows do
    for i = 1, #columns do row[i] = tostring(row[i]) end
    out[#out + 1] = name .. " " .. table.concat(row, " ")
  end
end

-- Every row that a command may have written, without times: a text.
function kill.rows(path)
  local out = {}
  local store = assert(core.store.open(path, "read"))
  for _, name in ipairs(names(store, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) do
    if not passed_over[name] then dump_table(store, name, out) end
  end
  store:close()
  collectgarbage() -- the queries, which would keep the file open here
  return table.concat(out, "\n")
end

-- What is wrong in a database, a list.
function kill.check(path)
  local store = assert(core.store.open(path, "read"))
  local faults = assert(store:check())
  store:close()
  return faults
end

-- The rows and the figures of a workspace in which `check` finds nothing.
function kill.state(w)
  w:ok "check"
  return w:ok "figures --format csv --as-of 2026-03-20 --now 2026-03-21T09:00Z" .. kill.rows(w.dir .. "/waymark.db")
end

-- Rounds ---------------------------------------------------------------------------

local function first_difference(a, b)
  local next_line = b:gmatch "[^\n]*"
  for line in a:gmatch "[^\n]*" do
    local other = next_line()
    if line ~= other then return ("%s\n  and not\n%s"):format(tostring(other), line) end
  end
  return "more lines"
end

local function expect_same(self, found, wanted, when)
  if found == wanted then return end
  error(("%s, %s: there is\n%s"):format(self.line, when, first_difference(wanted, found)), 0)
end

-- Run it in peace, so that it is whole.
local function complete(self, now, when)
  if not self.repeatable and now == self.after then return end
  if self.clear then self.clear(self.w) end
  local status, said = run(self)
  local done = status == self.status or (self.steps and status == 0) -- 0: the file was taken in before
  if not done then error(("%s, %s, once more: %s %s"):format(self.line, when, status, said), 0) end
  expect_same(self, self.look(self.w), self.after, when .. ", once more")
end

-- The number of the write for round i of so many.
local function spread(self, i, rounds) return math.max(1, math.ceil(i * self.writes / rounds)) end

local function whole_or_nothing(self, when)
  local now = self.look(self.w)
  if self.steps then return now end
  if now ~= self.before and now ~= self.after then expect_same(self, now, self.after, when .. ", half done") end
  return now
end

function kill:killed(rounds)
  local count = { rounds = rounds, before = 0, after = 0 }
  for i = 1, rounds do
    local fault = ("%s:%d"):format(i % 2 == 0 and "kill" or "torn", spread(self, i, rounds))
    self:fresh()
    local status = run(self, fault)
    if status ~= 137 then error(("%s, %s: it was not killed (%s)"):format(self.line, fault, status), 0) end
    local now = whole_or_nothing(self, fault)
    count.before = count.before + (now == self.before and 1 or 0)
    count.after = count.after + (now == self.after and 1 or 0)
    complete(self, now, fault)
  end
  return count
end

-- One line that says it, and nothing done; or done.
local function check_refusal(self, status, said, now, when)
  if status == self.status then return expect_same(self, now, self.after, when) end
  local one_line = said:find "^waymark: [^\n]+\n$"
    and (said:find "full" or said:find "too large" or said:find "No space")
  if status ~= 1 or not one_line then error(("%s, %s: exit status %s\n%s"):format(self.line, when, status, said), 0) end
  if not self.steps then expect_same(self, now, self.before, when .. ", refused") end
end

local function refused(self, rounds, run_round)
  local count = { rounds = rounds, refused = 0, done = 0 }
  for i = 1, rounds do
    self:fresh()
    local when, status, said = run_round(i)
    local now = whole_or_nothing(self, when)
    check_refusal(self, status, said, now, when)
    count.refused = count.refused + (status == 1 and 1 or 0)
    count.done = count.done + (status == self.status and 1 or 0)
    complete(self, now, when)
  end
  return count
end

function kill:full(rounds)
  return refused(self, rounds, function(i)
    local fault = ("%s:%d"):format(i % 2 == 0 and "full" or "once", spread(self, i, rounds))
    return fault, run(self, fault)
  end)
end

-- Blocks of 512 bytes, from one to what the command needs.
function kill:limited(rounds)
  return refused(self, rounds, function(i)
    local blocks = 1 + (i - 1) * self.blocks // rounds
    return "ulimit -f " .. blocks, run(self, nil, ("ulimit -f %d;"):format(blocks))
  end)
end

-- A command -------------------------------------------------------------------------

local function undisturbed(self)
  self.before = self.look(self.w)
  self:fresh()
  self.status = run(self, "count")
  assert(self.status == 0 or self.status == 3, self.line .. " cannot be done at all")
  self.writes = tonumber(folder.read(self.w.top .. ".count"):match "%d+")
  os.remove(self.w.top .. ".count")
  self.blocks = #folder.read(self.w.dir .. "/waymark.db") // 512 + 64
  self.after = self.look(self.w)
  assert(self.before ~= self.after, self.line .. " changes nothing")
end

-- options: state(w): what is compared, a text; repeatable = false: a second run does
-- it a second time (`record`); steps = true: several transactions, so that something
-- between is no fault; program: a script that is run in the program's place.
function kill.new(w, line, options)
  options = options or {}
  local self = setmetatable({ w = w, line = line, look = options.state or kill.state, steps = options.steps,
    program = program_of(options.program), repeatable = options.repeatable ~= false, clear = options.clear,
    kept = w.top .. ".kept" }, kill)
  assert(os.execute(("rm -rf %s && cp -a %s %s"):format(self.kept, w.top, self.kept)))
  self.shim = kill.build_shim(w.top .. ".so")
  undisturbed(self)
  return self
end

function kill:remove()
  folder.remove(self.kept)
  os.remove(self.shim)
  self.w:remove()
end

return kill
