-- loops: every loop of faults over every command, one after the other, and how many there were.
--
--   ROUNDS=100 SEED=1 lua5.4 tests/fault/loops.lua [LOOP …]     (make fault)
--   require "tests.fault.loops"  -> { names,
--     run(name, rounds, seed [, commands]) -> count, { what went wrong }, words | nil }
--
-- Of each command a twentieth of ROUNDS, chosen by chance; another SEED chooses others. What went wrong is
-- printed with the fault: it is the same once more. From ROUNDS=100 on every pair of commands races.
--
--   kills         killed at a write, or within it; the disk full; files limited
--   calls         a system call fails: disk full, disk broken, interrupted, too many files
--   allocations   there is no memory for one allocation, or from it on
--   races         one command waits at a call while another runs through: pairs of all that change
--   together      writers and readers, each one command after the other, ROUNDS times round, or for so many SECONDS
--   inbox         a file that is being copied, was copied half, or is replaced while an update is at work
--   damaged       the database is cut off, or a byte of it is another: every command
--   copies        a backup is cut off, or a byte of it is another, and restored

local chance = require "tests.support.chance"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local lfs = require "lfs"
local scenes = require "tests.fault.scenes"
local trial = require "tests.fault.trial"
local workspace = require "tests.support.workspace"

local loops = { names = { "kills", "calls", "allocations", "races", "together", "inbox", "damaged", "copies" } }

local every = {}
for _, list in ipairs { scenes.names, scenes.readers } do table.move(list, 1, #list, #every + 1, every) end

local errors = { 28, 5, 4, 24 } -- ENOSPC, EIO, EINTR, EMFILE

-- How many of so many rounds a command gets.
local function rounds_of(name, rounds) return rounds // (scenes.options(name).slow or 1) end

-- Each command's trial with faults that `choose` makes of it.
local function over_commands(rounds, seed, commands, choose)
  local dice, count, wrong = chance.new(seed), 0, {}
  for _, name in ipairs(commands or every) do
    local n = rounds_of(name, rounds)
    local t = n > 0 and trial.new(name)
    for _ = 1, n do
      wrong[#wrong + 1] = t:run(choose(t, dice))
      count = count + 1
    end
    if t then t:remove() end
  end
  return count, wrong
end

local run = {}

-- rounds: so many of each for each command that changes something; kill.lua ends at the first that went wrong.
function run.kills(rounds)
  local count, wrong = 0, {}
  for _, name in ipairs(scenes.names) do
    local n = rounds_of(name, rounds)
    local c
    local ok, message = pcall(function()
      if n == 0 then return end
      c = scenes.new(name)
      c:killed(n)
      count = count + n
      if c.steps then return end -- it goes on without what the disk had no room for, and says so
      c:full(n)
      c:limited(math.min(n, 20))
      count = count + n + math.min(n, 20)
    end)
    if c then c:remove() end
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

-- What two that meet have in their environment.
local function meeting(w) return ("FAULT_AT='%s.at' FAULT_GO='%s.go'"):format(w.top, w.top) end

-- How many calls a line makes, in a workspace of its own.
local function calls_of(w, line)
  os.execute(("sh -c %s"):format(quoted(trial.words(w, "count", line, w.top .. ".err"))))
  local calls = tonumber(folder.read(w.top .. ".count"):match "%d+ (%d+)")
  for name in (".err .out .count"):gmatch "%S+" do os.remove(w.top .. name) end
  return calls
end

-- The first waits before a call, words of sh are run to their end, the first goes on.
-- -> the status of both, and what the first said
local function interleave(w, first, second, at)
  local top = w.top
  local script = ([[rm -f %s.at %s.go; (%s; echo $? >%s.one) & while [ ! -e %s.at ] && kill -0 $! 2>/dev/null; do
    sleep 0.005; done; (%s; echo $? >%s.two); : >%s.go; wait]]):format(top, top,
    trial.words(w, "stop:" .. at, first, top .. ".err1", meeting(w)), top, top, second, top, top)
  os.execute(("sh -c %s 2>/dev/null"):format(quoted(script)))
  local one, two = tonumber(folder.read(top .. ".one")), tonumber(folder.read(top .. ".two"))
  local said = folder.read(top .. ".err1")
  for name in (".one .two .err1 .at .go .count .out"):gmatch "%S+" do os.remove(top .. name) end
  return one, two, said
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

-- Two of the commands that change something, each with each in both orders, by chance in which.
local function pairs_of(dice)
  local quick, list = {}, {}
  for _, name in ipairs(scenes.names) do
    if not scenes.options(name).slow then quick[#quick + 1] = scenes.line(name) end
  end
  for _, first in ipairs(quick) do
    for _, second in ipairs(quick) do list[#list + 1] = { first, second } end
  end
  dice:shuffle(list)
  return list
end

-- rounds: so many pairs, or every one, each at one call of the first.
function run.races(rounds, seed)
  local dice, wrong, known, of_line = chance.new(seed), {}, {}, {}
  local w = scenes.copy()
  local kept = w.top .. ".kept"
  assert(os.execute(("cp -a '%s' '%s'"):format(w.top, kept)))
  local none = trial.state(w.top, known)
  local function alone(line)
    if not of_line[line] then
      assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
      of_line[line] = { calls = calls_of(w, line), state = trial.state(w.top, known) }
    end
    return of_line[line]
  end
  local list = pairs_of(dice)
  local count = math.min(rounds, #list)
  for i = 1, count do
    local first, second = list[i][1], list[i][2]
    local states = { after(w, kept, known, { first, second }), after(w, kept, known, { second, first }),
      alone(first).state, alone(second).state, none }
    assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
    local at, err = dice:whole(1, alone(first).calls), w.top .. ".err2"
    local one, two = {}, {}
    one.status, two.status, one.said = interleave(w, first, trial.words(w, "none", second, err, meeting(w)), at)
    two.said = folder.read(err)
    os.remove(err)
    local fault = race_fault(trial.state(w.top, known), one, two, states)
    if fault then wrong[#wrong + 1] = ("%s waits at call %d for %s: %s"):format(first, at, second, fault) end
  end
  folder.remove(kept)
  w:remove()
  return count, wrong
end

-- Many at once ----------------------------------------------------------------------------

-- Who is at work at once, and what each does, one line after the other; N is how often it was round. What begins with
-- "record" leaves an entry each time, what begins with "backup" a file.
local at_work = {
  { 'record P012 absence-callback --outcome spoke --on 2026-03-20 --note "The Nth" --by "Sam Reed"' },
  { 'record P013 absence-callback --outcome spoke --on 2026-03-20 --note "The Nth" --by "Jo Marsh"',
    "hold P014 --until 2026-04-30 --ask 'Jo Marsh'" },
  { "import marks marks.csv --yes", "import marks second.csv --yes" }, -- each puts back what the other changed
  { "import pupils pupils.csv --yes", "import contacts contacts.csv --yes" }, -- and these change all names
  { "suggest --as-of 2026-03-20" },
  { "today --as-of 2026-03-20 -o list-N.csv", "import actions list.csv" },
  { "letter P016 initial-concern-letter --parent mother -o made --by 'Sam Reed'",
    "attach P015 letter.txt --as letter" },
  { "pupil P012", "figures --format csv", "explain P012 absence-callback" },
  { 'sql "SELECT code, count(*) FROM mark GROUP BY code"', "check" },
  { "backup N.backup", "chronology P012 --for family --parent mother --format csv" },
}

-- The words of sh in which one of them works, and writes "STATUS LINE WORDS" of each command into a file.
local function working(w, i, rounds, seconds)
  local parts = { ("cd %s; n=0; end=$(($(date +%%s) + %d))"):format(quoted(w.top), seconds),
    ("while [ $n -lt %d ] || [ $(date +%%s) -lt $end ]; do n=$((n + 1))"):format(rounds) }
  for k, line in ipairs(at_work[i]) do
    parts[#parts + 1] = ("timeout -s KILL 300 %s -C w %s --now 2026-03-21T09:00Z >%s.%d 2>&1 </dev/null"):format(
      quoted(workspace.program()), line:gsub("N%f[.t]", "${n}"), w.top, i)
    parts[#parts + 1] = ('echo $? %d "$(tail -n 1 %s.%d)" >>%s.%d.said'):format(k, w.top, i, w.top, i)
  end
  return table.concat(parts, "\n") .. "\ndone"
end

-- What is wrong after all: with the workspace, with what was said to be done, with what was left behind.
local function together_fault(w, done)
  local faults = kill.check(w.dir .. "/waymark.db")
  if #faults > 0 then return "check: " .. faults[1] end
  local entries = w:json "sql \"SELECT count(*) AS n FROM entry WHERE body LIKE '%The %th%'\""[1].n
  if entries ~= done.record then return ("%d recorded, %d entries"):format(done.record, entries) end
  local copies = 0
  for name in lfs.dir(w.top) do
    if name:find "%.part$" or name:find "%.new$" then return "left behind: " .. name end
    copies = copies + (name:find "^%d+%.backup$" and 1 or 0)
  end
  if copies ~= done.backup then return ("%d backups made, %d there"):format(done.backup, copies) end
end

-- rounds: how often each is round. None fails, but that somebody else was at work and it is to be tried again.
function run.together(rounds)
  local wrong, w, seconds = {}, scenes.copy(), tonumber(os.getenv "SECONDS") or 0
  local parts, done, again, count = {}, { record = 0, backup = 0 }, 0, 0
  for i in ipairs(at_work) do parts[i] = ("(%s) &"):format(working(w, i, rounds, seconds)) end
  os.execute(("sh -c %s 2>/dev/null"):format(quoted(table.concat(parts, "\n") .. "\nwait")))
  for i, list in ipairs(at_work) do
    for status, k, said in folder.read(("%s.%d.said"):format(w.top, i)):gmatch "(%d+) (%d+) ([^\n]*)\n" do
      count = count + 1
      local line = list[tonumber(k)]
      local name = line:match "^%l+"
      if status == "0" or status == "3" then
        done[name] = (done[name] or 0) + 1
      elseif status == "1" and said:find("try again", 1, true) then
        again = again + 1
      else
        wrong[#wrong + 1] = ("%s: exit status %s, %s"):format(line, status, said)
      end
    end
    for _, ending in ipairs { "", ".said" } do os.remove(("%s.%d%s"):format(w.top, i, ending)) end
  end
  wrong[#wrong + 1] = together_fault(w, done)
  w:remove()
  return count, wrong, ("%d of them to be tried again"):format(again)
end

-- The inbox --------------------------------------------------------------------------------

-- What is wrong with an inbox after an update that took all: what went to done/ was read, and nothing is left.
local function inbox_fault(w)
  local read = w:ok "sql --format csv 'SELECT digest FROM import'"
  for name in lfs.dir(w.top .. "/inbox") do
    if name:find "%.csv$" then return name .. " is still there" end
  end
  for name in lfs.dir(w.top .. "/inbox/done") do
    local is_read = not name:find "%.csv$"
      or read:find(core.system.sha256(folder.read(w.top .. "/inbox/done/" .. name)), 1, true)
    if not is_read then return "in done/, and was not read: " .. name end
  end
end

-- The first of so many calls of an update before which the file is in the inbox no more.
local function moved_at(w, kept, line, path, calls)
  local there, gone = 0, calls
  while gone - there > 1 do
    local call = (there + gone) // 2
    assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
    local _, status = interleave(w, line, "test -e " .. quoted(path), call)
    if status == 0 then there = call else gone = call end
  end
  return gone
end

-- rounds: so many updates of an inbox with a file of which a part is there. Where it is still being copied it waits as
-- it is; where it is completed or replaced while the update waits at a call (half of them shortly before the file is
-- moved), the next update takes what came.
function run.inbox(rounds, seed)
  local dice, wrong, w, known = chance.new(seed), {}, scenes.copy(), {}
  local kept, path, line = w.top .. ".kept", w.top .. "/inbox/2026-03-20-marks.csv", scenes.line "update"
  local whole = folder.read(path)
  folder.write(w.top .. "/whole", whole)
  assert(os.execute(("touch -d 2026-01-01 '%s/whole' && cp -a '%s' '%s'"):format(w.top, w.top, kept)))
  local function marks() return w:ok "sql --format csv 'SELECT upn, date, session, code FROM mark ORDER BY 1, 2, 3'" end
  local calls = calls_of(w, line)
  local wanted, moved = marks(), moved_at(w, kept, line, path, calls)
  local comes = {
    completed = "if [ -e PATH ]; then tail -c +NEXT whole >>PATH; else cp -p whole PATH; fi",
    replaced = "cp -p whole half && mv half PATH",
  }
  for _ = 1, rounds do
    assert(os.execute(("rm -rf '%s' && cp -a '%s' '%s'"):format(w.top, kept, w.top)))
    local at = dice:whole(0, #whole - 1)
    local call = dice:in_hundred(50) and dice:whole(1, calls) or dice:whole(math.max(1, moved - 20), moved)
    local how = dice:one_of { "copied", "completed", "replaced" }
    folder.write(path, whole:sub(1, at))
    local time = how == "copied" and "2026-03-21T08:59:30Z" or "2026-01-01"
    assert(os.execute(("touch -d %s '%s'"):format(time, path)))
    local fault
    if how == "copied" then
      local r = w:run(line)
      local waits = r.status == 3 and lfs.attributes(path) and folder.read(path) == whole:sub(1, at)
      fault = trial.fault_of(r.status, r.err) or not waits and "it was not left alone" or nil
      folder.write(path, whole)
    else
      local words = comes[how]:gsub("%u+", { PATH = quoted(path), NEXT = tostring(at + 1) })
      local status, _, said = interleave(w, line, ("cd %s; %s"):format(quoted(w.top), words), call)
      fault = trial.fault_of(status, said)
    end
    os.execute(("touch -c -d 2026-01-01 '%s'/inbox/*.csv 2>/dev/null"):format(w.top))
    w:run(line)
    fault = fault or inbox_fault(w) or marks() ~= wanted and "what came was not taken" or nil
      or trial.state(w.top, known).faults[1]
    if fault then wrong[#wrong + 1] = ("%d bytes of a file, %s at call %d: %s"):format(at, how, call, fault) end
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
    for _ = 1, rounds_of(name, rounds) do
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
local of_commands = { kills = true, calls = true, allocations = true, damaged = true }
assert(workspace.program())
for _, name in ipairs(#arg > 0 and arg or loops.names) do
  local n = (name == "races" and rounds >= 100 and math.huge) or (of_commands[name] and per_command) or rounds
  local count, wrong, words = loops.run(name, n, seed)
  print(("%s: %d times%s, %d went wrong"):format(name, count, words and ", " .. words or "", #wrong))
  for _, each in ipairs(wrong) do print("  " .. each:gsub("\n", "\n    ")) end
  io.stdout:flush()
  failed = failed or #wrong > 0
end
scenes.remove()
os.exit(not failed, true)
