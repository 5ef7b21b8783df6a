-- kill_import: `kill -9` of a large import of marks, in place of its writes. After each: the
-- workspace passes its check and is as it was before or as it is after, nothing
-- between; and the same import, once more, makes it as if nothing had happened.
--
--   ROUNDS=100 lua5.4 tests/fault/kill_import.lua      (make fault)
--   require "tests.fault.kill_import" (rounds)         -> { rounds =, before =, after = }
--
-- Raises with the first round that went wrong.

local kill = require "tests.fault.kill"
local workspace = require "tests.support.workspace"

local pupils, at = 120, " --now 2026-03-21T09:00Z"

local function upn_of(i) return ("P%03d"):format(i) end

-- Autumn as it is known before, with an absence here and there.
local function autumn()
  local by_pupil = {}
  for i = 1, pupils do
    local changes = { ["2025-11-04"] = i % 3 == 0 and "N N" or "/ \\" }
    by_pupil[upn_of(i)] = workspace.with("2025-09-02", "2025-12-19", changes)
  end
  return by_pupil
end

-- The import that is killed: autumn again, with other reasons, and spring.
local function spring(by_pupil)
  for i = 1, pupils do
    local days = by_pupil[upn_of(i)]
    days["2025-11-04"] = i % 3 == 0 and "I I" or "/ \\"
    local changes = { ["2026-02-03"] = i % 5 == 0 and "O O" or "/ \\" }
    for date, codes in pairs(workspace.with("2026-01-05", "2026-03-20", changes)) do days[date] = codes end
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
  return w
end

-- All that an import can change, as one text.
local function state(w)
  w:ok "check"
  return w:ok("figures --format csv" .. at)
    .. w:ok 'sql --format csv "SELECT upn, date, session, code FROM mark WHERE code <> char(47) AND code <> char(92)"'
    .. w:ok 'sql --format csv "SELECT count(*) FROM mark"'
    .. w:ok 'sql --format csv "SELECT upn, date, session, was, now FROM amendments ORDER BY 1, 2, 3"'
end

local function run(rounds)
  local c = kill.new(prepare(), "import marks marks.csv" .. at, { state = state })
  local ok, result = pcall(c.killed, c, rounds)
  c:remove()
  return assert(ok and result, result)
end

if ... ~= "tests.fault.kill_import" then
  local count = run(tonumber(os.getenv "ROUNDS") or 100)
  print(("%d imports killed: %d left nothing, %d were whole; each was completed by the next import"):format(
    count.rounds, count.before, count.after))
end

return run
