-- kill_import: `kill -9` of an import of marks, at many moments. After each: the
-- workspace passes its check and is as it was before or as it is after, nothing
-- between; and the same import, once more, makes it as if nothing had happened.
--
--   ROUNDS=100 lua5.4 tests/fault/kill_import.lua      (make fault)
--   require "tests.fault.kill_import" (rounds)         -> { rounds =, killed =, before =, after = }
--
-- Raises with the first round that went wrong.

local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local pupils, at = 120, " --now 2026-03-21T09:00Z"

local function upn_of(i) return ("P%03d"):format(i) end

-- Autumn as it is known before, with an absence here and there.
local function autumn()
  local by_pupil = {}
  for i = 1, pupils do
    by_pupil[upn_of(i)] = workspace.with("2025-09-02", "2025-12-19", { ["2025-11-04"] = i % 3 == 0 and "N N" or "/ \\" })
  end
  return by_pupil
end

-- The import that is killed: autumn again, with other reasons, and spring.
local function spring(by_pupil)
  for i = 1, pupils do
    local days = by_pupil[upn_of(i)]
    days["2025-11-04"] = i % 3 == 0 and "I I" or "/ \\"
    for date, codes in pairs(workspace.with("2026-01-05", "2026-03-20", { ["2026-02-03"] = i % 5 == 0 and "O O" or "/ \\" })) do
      days[date] = codes
    end
  end
  return by_pupil
end

local function names()
  local lines = { "upn,surname,forename" }
  for i = 1, pupils do lines[#lines + 1] = ("%s,Moss,Ben %d"):format(upn_of(i), i) end
  return table.concat(lines, "\n")
end

local function prepare()
  local registers = autumn()
  local first = workspace.registers(registers)
  local w = workspace.new { files = { ["pupils.csv"] = names(), ["autumn.csv"] = first,
    ["marks.csv"] = workspace.registers(spring(registers)) .. "NOBODY,2026-03-20,AM,/\n" } }
  w:ok("import pupils pupils.csv" .. at)
  w:ok("import marks autumn.csv --now 2025-12-20T09:00Z")
  assert(os.execute(("mv '%s' '%s.kept'"):format(w.dir, w.dir)))
  return w
end

local function fresh(w) assert(os.execute(("rm -rf '%s' && cp -a '%s.kept' '%s'"):format(w.dir, w.dir, w.dir))) end

-- All that an import can change, as one text.
local function state(w)
  w:ok "check"
  return w:ok("figures --format csv" .. at)
    .. w:ok 'sql --format csv "SELECT upn, date, session, code FROM mark WHERE code <> char(47) AND code <> char(92)"'
    .. w:ok 'sql --format csv "SELECT count(*) FROM mark"'
    .. w:ok 'sql --format csv "SELECT upn, date, session, was, now FROM amendments ORDER BY 1, 2, 3"'
end

-- Import in peace; -> the rows that were left out, as kept for a person
local function import(w)
  local report = w:expect(3, "import marks marks.csv" .. at).out
  return workspace.read(assert(report:match "left out are in ([^\n]+)"))
end

-- Import and kill after so many seconds; -> whether it was killed
local function kill(w, seconds)
  local line = ([[cd '%s' && '%s' -C w import marks marks.csv%s >/dev/null 2>&1 & p=$!;
    sleep %.4f; kill -9 $p; wait $p; exit $?]]):format(w.top, workspace.program(), at, seconds)
  local _, _, status = os.execute(("sh -c '%s' 2>/dev/null"):format(line:gsub("'", "'\\''")))
  return status == 128 + 9
end

local function seconds_of(work)
  local pipe = io.popen "date +%s.%N"
  local started = tonumber(pipe:read "l")
  work()
  return tonumber(io.popen "date +%s.%N":read "l") - started
end

local function undisturbed(w)
  local done = {}
  fresh(w)
  done.seconds = seconds_of(function() done.left_out = import(w) end)
  done.state = state(w)
  return done
end

local function round(w, moment, before, done, count)
  fresh(w)
  local killed = kill(w, moment)
  local now = state(w)
  assert(now == before or now == done.state, ("after a kill at %.4f s the import is half done"):format(moment))
  assert(killed or now == done.state, "an import that ended is not there")
  local left_out = import(w)
  assert(state(w) == done.state, ("after a kill at %.4f s a second import gives something else"):format(moment))
  assert(left_out == done.left_out, ("after a kill at %.4f s other rows are left out"):format(moment))
  count.killed = count.killed + (killed and 1 or 0)
  count.before = count.before + (now == before and 1 or 0)
  count.after = count.after + (now ~= before and 1 or 0)
end

local function run(rounds)
  local w = prepare()
  local ok, result = pcall(function()
    fresh(w)
    local before = state(w)
    local done = undisturbed(w)
    assert(before ~= done.state)
    local count = { rounds = rounds, killed = 0, before = 0, after = 0 }
    for i = 1, rounds do round(w, done.seconds * (i - 0.5) / rounds, before, done, count) end
    return count
  end)
  w:remove()
  return assert(ok and result, result)
end

if ... ~= "tests.fault.kill_import" then
  local count = run(tonumber(os.getenv "ROUNDS") or 100)
  print(("%d imports, %d killed: %d left nothing, %d were whole; each was completed by the next import"):format(
    count.rounds, count.killed, count.before, count.after))
end

return run
