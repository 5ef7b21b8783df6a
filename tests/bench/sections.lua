-- sections: what is measured, a function a section; each runs its engines by turns, as many
-- rounds as there are to be, so that what disturbs the machine disturbs all of them.

local answer = require "tests.bench.answer"
local process = require "tests.bench.process"
local work = require "tests.bench.work"

local sections = {}

local function say(b, text, round)
  io.stderr:write(("%s%s\n"):format(text, round and (", round %d of %d"):format(round, b.scale.rounds) or ""))
end

local function rounds(b, text, each)
  for round = 1, b.scale.rounds do
    say(b, text, round)
    each(round)
  end
end

-- Import ---------------------------------------------------------------------------

-- A year into an empty store; leaves the workspace `year` and DuckDB's file `raw.db`.
function sections.import(b)
  local data, by_date = b.data, work.data(b, "by-date", { schools = b.scale.schools, pupils = b.scale.pupils,
    order = "date" })
  local grid = work.data(b, "grid", { schools = b.scale.schools, pupils = b.scale.pupils, order = "grid" })
  rounds(b, "importing a year", function()
    work.import(b, "import.grid", work.workspace(b, "year", data), grid .. "/marks.csv")
    work.import(b, "import.date", work.workspace(b, "year", data), by_date .. "/marks.csv")
    b.year = work.workspace(b, "year", data)
    work.import(b, "import.pupil", b.year, data .. "/marks.csv")
    work.remove(work.path(b, "raw.db"))
    work.duckdb(b, "import.duckdb", { "import", work.path(b, "raw.db"), data .. "/marks.csv" })
    b.process:run("import.count", { work.tool(b, "count"), data .. "/marks.csv" })
  end)
  work.remove(by_date)
  work.remove(grid)
end

-- The stores of the peers, made once.
function sections.stores(b)
  say(b, "making the stores of the others")
  local marks = b.data .. "/marks.csv"
  work.duckdb(b, "build.duckdb", { "integers", work.path(b, "raw.db"), work.path(b, "integers.db") })
  work.remove(work.path(b, "raw.db"))
  b.process:run("build.rows", { work.tool(b, "rows"), "build", work.path(b, "rows.db"), marks })
  b.process:run(nil, { work.tool(b, "memory"), "pack", work.path(b, "packed"), b.scale.pupils, marks })
  b.process:keep("size.sheets", { size = tonumber(b.process:run(nil,
    { work.tool(b, "rows"), "size", b.year .. "/waymark.db", "sheet" }).values.bytes) })
  b.process:keep("size.waymark", { size = work.size(b.year .. "/waymark.db") })
  b.process:keep("size.rows", { size = work.size(work.path(b, "rows.db")) })
  if b.duckdb then b.process:keep("size.duckdb", { size = work.size(work.path(b, "integers.db")) }) end
end

-- Sweep, figures, codes ----------------------------------------------------------------

local function memory(b)
  local values = b.process:run("memory", { work.tool(b, "memory"), "measure", work.path(b, "packed"), 5 }).values
  for key, value in pairs(values) do
    local engine = key:match "^(%l+)_seconds$"
    if engine then
      b.process:keep("memory." .. engine, { inner = tonumber(value) })
      if engine ~= "touch" then b.answers["in memory, " .. engine] = answer.take(values, engine .. "_") end
    end
  end
end

local function sweeps(b)
  local as_of = work.last_date(b.data .. "/marks.csv")
  b.answers["Waymark, sweep"] = answer.take(work.core(b, "sweep.waymark", { "sweep", b.year, as_of, 3 }).values)
  b.answers["SQLite, rows"] = answer.take(b.process:run("sweep.rows",
    { work.tool(b, "rows"), "sweep", work.path(b, "rows.db"), 1 }).values)
  local duckdb = work.duckdb(b, "sweep.duckdb", { "sweep", work.path(b, "integers.db"), 3 })
  if duckdb then b.answers["DuckDB"] = answer.take(duckdb.values) end
end

local function figures(b)
  local out = work.path(b, "figures.csv")
  work.waymark(b, "figures.waymark", b.year, { "figures", "--format", "csv" }, { out = out })
  b.answers["Waymark, figures"] = answer.of_csv(out)
  work.duckdb(b, "figures.duckdb", { "figures", work.path(b, "integers.db"), work.path(b, "duckdb.csv") })
  work.remove(out, work.path(b, "duckdb.csv"))
end

-- The same counts, whether an engine names a code by its text or its number.
local numbers = { ["/"] = 16, ["\\"] = 17, L = 18, I = 48, M = 49, G = 64, N = 65, O = 66, U = 67 }

local function counts_of(values)
  local counts = {}
  for key, value in pairs(values) do
    local code = key:match "^code[_ ](.+)$"
    if code then counts[#counts + 1] = ("%d: %s"):format(numbers[code] or code, value) end
  end
  table.sort(counts)
  return table.concat(counts, ", ")
end

local function codes(b)
  local function keep(name, result) b.counts[name] = result and counts_of(result.values) end
  if b.mark_count then
    keep("Waymark, mark_count", work.core(b, "codes.mark_count", { "query", b.year, 3,
      "SELECT code, sum(marks) FROM mark_count GROUP BY code" }))
  end
  keep("SQLite", b.process:run("codes.rows", { work.tool(b, "rows"), "codes", work.path(b, "rows.db") }))
  keep("DuckDB", work.duckdb(b, "codes.duckdb", { "codes", work.path(b, "integers.db"), 3 }))
end

function sections.questions(b)
  rounds(b, "asking", function()
    memory(b)
    sweeps(b)
    figures(b)
    codes(b)
  end)
  work.remove(work.path(b, "rows.db"), work.path(b, "packed"))
end

-- Suggest --------------------------------------------------------------------------------

local function part_of(scale, divisor)
  if scale.schools >= divisor then return { schools = scale.schools // divisor, pupils = scale.pupils } end
  return { schools = scale.schools, pupils = scale.pupils // divisor }
end

-- Workspaces of a quarter and half the size.
local function parts(b)
  local list = {}
  for _, divisor in ipairs { 4, 2 } do
    local name = "part" .. divisor
    local data = work.data(b, name .. "-data", part_of(b.scale, divisor))
    local folder = work.workspace(b, name, data)
    work.import(b, nil, folder, data .. "/marks.csv")
    work.remove(data)
    list[#list + 1] = { name = name, folder = folder }
  end
  return list
end

-- The rules that suggest sweeps before it asks anybody, and the same in DuckDB's SQL: of whom they are met
-- has to be the same, pupil by pupil.
local function rules(b, folder, as_of)
  local own, other = work.path(b, "met.csv"), work.path(b, "duckdb.csv")
  local swept = work.core(b, "suggest.sweep", { "rules", folder, as_of, 3, own })
  local asked = work.duckdb(b, "suggest.duckdb", { "rules", work.path(b, "integers.db"), other, 3 })
  if asked and (asked.values.rules ~= swept.values.rules or process.read(own) ~= process.read(other)) then
    error(("DuckDB's rules do not agree with those of `when`: %s and %s"):format(other, own), 0)
  end
  work.remove(own, other)
end

-- A first run, one with nothing new, and a day later.
local function days(b)
  local copy = work.path(b, "days")
  work.copy(b.year, copy)
  work.suggest_first(b, copy)
  rules(b, copy, work.last_date(b.data .. "/marks.csv"))
  work.waymark(b, "suggest.again", copy, { "suggest" })
  work.import(b, "day.import", copy, b.data .. "/day.csv")
  work.waymark(b, "day.suggest", copy, { "suggest" })
  work.remove(copy)
end

local function growth(b, part)
  local copy = work.path(b, "copy")
  work.copy(part.folder, copy)
  work.waymark(b, "figures." .. part.name, copy, { "figures", "--format", "csv" },
    { out = work.path(b, "figures.csv") })
  work.waymark(b, "suggest." .. part.name, copy, { "suggest" })
  work.remove(copy)
end

function sections.suggest(b)
  local list = parts(b)
  rounds(b, "suggesting", function()
    for _, part in ipairs(list) do growth(b, part) end
    days(b)
  end)
  for _, part in ipairs(list) do work.remove(part.folder) end
  work.remove(work.path(b, "integers.db"))
end

-- A year lived --------------------------------------------------------------------------

-- The marks of a day and suggest, day by day: the first days once rules have something to go by, and
-- the last ones. At most of a trust; of a few pupils, so that a spec can look, only the first days.
function sections.year(b)
  local most, some = 20, 5
  local schools = math.min(b.scale.schools, most)
  local data = work.data(b, "lived-data", { schools = schools, pupils = b.scale.pupils, order = "date" })
  local folder, files = work.workspace(b, "lived", data), work.days(data .. "/marks.csv")
  local is_short = schools * b.scale.pupils < 1000
  local settled, last = is_short and some or 20, is_short and 2 * some or #files
  say(b, ("living %d days of %d schools"):format(last, schools))
  for at = 1, last do
    local took = work.import(b, nil, folder, files[at])
    local asked = work.waymark(b, nil, folder, { "suggest" })
    local name = at > last - some and "year.last" or at <= settled and at > settled - some and "year.first" or nil
    b.process:keep(name, { wall = took.wall + asked.wall, cpu = took.cpu + asked.cpu, peak = asked.peak })
  end
  b.process:keep("year.size", { size = work.size(folder .. "/waymark.db") })
  work.remove(data, folder)
end

-- One school -------------------------------------------------------------------------------

-- { words of the row, most seconds, arguments … }; of a pupil with one parent.
sections.one_school_commands = {
  { "figures", 0.05, "figures", "--format", "csv" },
  { "suggest", 0.05, "suggest" },
  { "today", 0.05, "today" },
  { "pupil", 0.05, "pupil", "H201100110000" },
  { "-e", 0.05, "-e", "local n = 0 for p in pupils { year = 9 } do if p:persistent() then n = n + 1 end end print(n)" },
  { "sql", 0.05, "sql", "SELECT code, count(*) FROM mark WHERE date >= '2026-01-05' GROUP BY code" },
  { "record", 0.05, "record", "H201100110000", "absence-callback", "--outcome", "spoke" },
  { "letter", 0.06, "letter", "H201100110000", "initial-concern-letter", "-o", "FOLDER/letter.html" },
}

local parent = [[
upn,surname,title,relationship,parental_responsibility,address
H201100110000,Young,Mrs,mother,yes,"1 High Street, Maldon, CM9 1AA"
]]

-- The arguments of a command; FOLDER is the bench's own.
local function arguments_of(b, command)
  local list = { table.unpack(command, 3) }
  for i, word in ipairs(list) do list[i] = word:gsub("FOLDER", b.folder, 1) end
  return list
end

function sections.one_school(b)
  local data = work.data(b, "one-data", { schools = 1, pupils = b.scale.pupils })
  local folder = work.workspace(b, "one", data)
  work.import(b, nil, folder, data .. "/marks.csv")
  process.write(data .. "/contacts.csv", parent)
  work.waymark(b, nil, folder, { "import", "contacts", data .. "/contacts.csv" })
  work.waymark(b, nil, folder, { "suggest" })
  rounds(b, "one school", function()
    b.process:run("one.lua", { "lua5.4", "-e", "" })
    work.core(b, "one.open", { "open", folder })
    work.waymark(b, "one.start", folder, { "-e", "local _" })
    for _, command in ipairs(sections.one_school_commands) do
      work.waymark(b, "one." .. command[1], folder, arguments_of(b, command))
    end
  end)
  work.remove(data, folder)
end

return sections
