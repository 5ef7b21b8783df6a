-- loops: every loop of faults over every command, one after the other, and how many there were.
--
--   ROUNDS=100 SEED=1 lua5.4 tests/fault/loops.lua [LOOP …]     (make fault)
--   require "tests.fault.loops"  -> { names, run(name, rounds, seed [, commands]) -> count, { what went wrong } }
--
-- Of each command so many calls and allocations as ROUNDS says, chosen by chance; another SEED chooses
-- others. What went wrong is printed with the fault: it is the same once more.
--
--   kills         killed at a write, or within it; the disk full; files limited
--   calls         a system call fails: disk full, disk broken, interrupted, too many files
--   allocations   there is no memory for one allocation, or from it on
--   races         one command waits at a call while another runs through: pairs of all that change
--   damaged       the database is cut off, or a byte of it is another: every command
--   copies        a backup is cut off, or a byte of it is another, and restored

local chance = require "tests.support.chance"
local folder = require "tests.support.folder"
local scenes = require "tests.fault.scenes"
local trial = require "tests.fault.trial"
local workspace = require "tests.support.workspace"

local loops = { names = { "kills", "calls", "allocations", "races", "damaged", "copies" } }

local every = {}
for _, list in ipairs { scenes.names, scenes.readers } do table.move(list, 1, #list, #every + 1, every) end

local errors = { 28, 5, 4, 24 } -- ENOSPC, EIO, EINTR, EMFILE

-- Each command's trial with faults that `choose` makes of it.
local function over_commands(rounds, seed, commands, choose)
  local dice, count, wrong = chance.new(seed), 0, {}
  for _, name in ipairs(commands or every) do
    local t = trial.new(name)
    for _ = 1, rounds do
      wrong[#wrong + 1] = t:run(choose(t, dice))
      count = count + 1
    end
    t:remove()
  end
  return count, wrong
end

local run = {}

-- rounds: so many of each for each command that changes something; kill.lua ends at the first that went wrong.
function run.kills(rounds)
  local count, wrong = 0, {}
  for _, name in ipairs(scenes.names) do
    local c = scenes.new(name)
    local ok, message = pcall(function()
      c:killed(rounds)
      count = count + rounds
      if c.steps then return end -- it goes on without what the disk had no room for, and says so
      c:full(rounds)
      c:limited(math.min(rounds, 20))
      count = count + rounds + math.min(rounds, 20)
    end)
    c:remove()
    if not ok then wrong[#wrong + 1] = message end
  end
  return count, wrong
end

function run.calls(rounds, seed, commands)
  return over_commands(rounds, seed, commands, function(t, dice)
    return ("call:%d:%d"):format(dice:whole(1, t.calls), dice:one_of(errors))
  end)
end

function run.allocations(rounds, seed, commands)
  return over_commands(rounds, seed, commands, function(t, dice)
    return ("%s:%d"):format(dice:one_of { "memory", "short" }, dice:whole(1, t.allocations))
  end)
end

-- Races ----------------------------------------------------------------------------------

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- The state after these lines, one after the other, each run in peace.
local function after(w, kept, known, lines)
  assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
  for _, line in ipairs(lines) do w:run(line) end
  for _, name in ipairs { ".out", ".err" } do os.remove(w.top .. "/" .. name) end
  return trial.state(w.top, known)
end

-- The first waits before a call, the second runs to its end, the first goes on. -> both statuses and what they said
local function interleave(w, first, second, at)
  local top = w.top
  local set = ("FAULT_AT='%s.at' FAULT_GO='%s.go'"):format(top, top)
  local script = ([[rm -f %s.at %s.go; (%s; echo $? >%s.one) & while [ ! -e %s.at ] && kill -0 $! 2>/dev/null; do
    sleep 0.005; done; (%s; echo $? >%s.two); : >%s.go; wait]]):format(top, top,
    trial.words(w, "stop:" .. at, first, top .. ".err1", set), top, top,
    trial.words(w, "none", second, top .. ".err2", set), top, top)
  os.execute(("sh -c %s 2>/dev/null"):format(quoted(script)))
  local found = {}
  for i, name in ipairs { ".one", ".two" } do
    found[i] = { status = tonumber(folder.read(top .. name)), said = folder.read(top .. ".err" .. i) }
  end
  for name in (".one .two .err1 .err2 .at .go .count .out"):gmatch "%S+" do os.remove(top .. name) end
  return found[1], found[2]
end

-- What is there has to be what one after the other would have left, of those that say that they are done.
local function race_fault(now, one, two, states)
  for _, each in ipairs { one, two } do
    local fault = trial.fault_of(each.status, each.said)
    if fault then return fault end
  end
  if #now.faults > 0 then return "check: " .. now.faults[1] end
  local left = trial.left_behind(now, table.unpack(states))
  if left then return "left behind: " .. left end
  for i, state in ipairs(states) do
    local is_right = i <= 2 or i == 3 and two.status == 1 or i == 4 and one.status == 1
      or i == 5 and one.status == 1 and two.status == 1
    if is_right and state.rows == now.rows then return nil end
  end
  return ("neither order gives it (%d %s, %d %s)"):format(one.status, one.said, two.status, two.said)
end

-- rounds: so many pairs, each at one call of the first.
function run.races(rounds, seed)
  local dice, wrong, known, counts = chance.new(seed), {}, {}, {}
  local w = scenes.copy()
  local kept = w.top .. ".kept"
  assert(os.execute(("cp -a '%s' '%s'"):format(w.top, kept)))
  for _ = 1, rounds do
    local a, b = dice:one_of(scenes.names), dice:one_of(scenes.names)
    local first, second = scenes.line(a), scenes.line(b)
    if not counts[a] then
      assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
      os.execute(("sh -c %s"):format(quoted(trial.words(w, "count", first, w.top .. ".err"))))
      counts[a] = tonumber(folder.read(w.top .. ".count"):match "%d+ (%d+)")
    end
    local states = { after(w, kept, known, { first, second }), after(w, kept, known, { second, first }),
      after(w, kept, known, { first }), after(w, kept, known, { second }), after(w, kept, known, {}) }
    assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
    local at = dice:whole(1, counts[a])
    local one, two = interleave(w, first, second, at)
    local fault = race_fault(trial.state(w.top, known), one, two, states)
    if fault then wrong[#wrong + 1] = ("%s waits at call %d for %s: %s"):format(first, at, second, fault) end
  end
  folder.remove(kept)
  w:remove()
  return rounds, wrong
end

-- Damage ---------------------------------------------------------------------------------

-- A file is cut off somewhere, or one byte of it becomes another. -> its bytes, what was done
local function damage(bytes, dice)
  local at = dice:whole(1, #bytes)
  if dice:whole(0, 3) == 0 then return bytes:sub(1, at - 1), ("cut at %d"):format(at - 1) end
  local byte = bytes:byte(at)
  local other = string.char(byte ~ (1 << dice:whole(0, 7)))
  return bytes:sub(1, at - 1) .. other .. bytes:sub(at + 1), ("byte %d"):format(at)
end

-- rounds: so many for each command. It says what it finds, or does not meet the place.
function run.damaged(rounds, seed, commands)
  local dice, count, wrong, w = chance.new(seed), 0, {}, scenes.copy()
  local kept = w.top .. ".kept"
  assert(os.execute(("cp -a '%s' '%s'"):format(w.top, kept)))
  local bytes = folder.read(w.dir .. "/waymark.db")
  for _, name in ipairs(commands or every) do
    for _ = 1, rounds do
      assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
      local damaged, how = damage(bytes, dice)
      folder.write(w.dir .. "/waymark.db", damaged)
      local _, ended, status = os.execute(("sh -c %s 2>/dev/null"):format(quoted(trial.words(w, "none",
        scenes.line(name), w.top .. ".err"))))
      local fault = trial.fault_of(ended == "signal" and 128 + status or status, folder.read(w.top .. ".err"),
        folder.read(w.top .. ".out"))
      if fault then wrong[#wrong + 1] = ("%s, %s: %s"):format(scenes.line(name), how, fault) end
      count = count + 1
    end
  end
  for _, name in ipairs { ".err", ".out" } do os.remove(w.top .. name) end
  folder.remove(kept)
  w:remove()
  return count, wrong
end

-- rounds: so many copies. One is refused in a line, and nothing is there; or it is what was copied.
function run.copies(rounds, seed)
  local dice, wrong, known, w = chance.new(seed), {}, {}, scenes.copy()
  local bytes = folder.read(w.top .. "/copy.backup")
  local kept = w.top .. ".kept"
  assert(os.execute(("cp -a '%s' '%s'"):format(w.top, kept)))
  local before, whole = trial.state(w.top, known), after(w, kept, known, { scenes.line "restore" })
  for _ = 1, rounds do
    assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
    local damaged, how = damage(bytes, dice)
    folder.write(w.top .. "/copy.backup", damaged)
    local r = w:run(scenes.line "restore")
    for _, name in ipairs { ".out", ".err" } do os.remove(w.top .. "/" .. name) end
    local now = trial.state(w.top, known)
    local fault = trial.fault_of(r.status, r.err)
    local wanted = r.status == 1 and before or whole
    if not fault and now.rows ~= wanted.rows then fault = "it is neither what was copied nor nothing" end
    fault = fault or trial.left_behind(now, wanted)
    if fault then wrong[#wrong + 1] = ("restore, %s: %s"):format(how, fault) end
  end
  folder.remove(kept)
  w:remove()
  return rounds, wrong
end

function loops.run(name, ...) return run[name](...) end

if ... == "tests.fault.loops" then return loops end

local rounds, seed, failed = tonumber(os.getenv "ROUNDS") or 100, tonumber(os.getenv "SEED") or 1, false
local per_command = math.max(1, rounds // 20)
assert(workspace.program())
for _, name in ipairs(#arg > 0 and arg or loops.names) do
  local is_one = name == "races" or name == "copies"
  local count, wrong = loops.run(name, is_one and rounds or per_command, seed)
  print(("%s: %d times, %d went wrong"):format(name, count, #wrong))
  for _, each in ipairs(wrong) do print("  " .. each:gsub("\n", "\n    ")) end
  io.stdout:flush()
  failed = failed or #wrong > 0
end
scenes.remove()
os.exit(not failed, true)
