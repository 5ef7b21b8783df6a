-- report: one table of everything that was measured, with the goals.
--
-- A row is { words, name of the sample, goal, … }. A goal is a function of the bench that
-- gives whether it is met, and in words what it is and what was reached; nil when what it
-- needs was not measured.

local sections = require "tests.bench.sections"

local report = {}

-- The time within the process when it says so, else the whole process.
local function seconds(b, name) return b.process:median(name, "inner") or b.process:median(name, "wall") end
local function whole(b, name) return b.process:median(name, "wall") end

-- Goals ------------------------------------------------------------------------------

local function verdict(met, words, reached) return ("%s: %s; %s"):format(met and "met" or "MISSED", words, reached) end

-- `name` is at least `times` as fast as another.
local function faster(times, name, than, words, of)
  return function(b)
    local own, other = (of or seconds)(b, name), (of or seconds)(b, than)
    if not own or not other then return nil end
    return verdict(other / own >= times, ("≥ %g× as fast as %s"):format(times, words), ("%.2f×"):format(other / own))
  end
end

local function within(times, name, of, words)
  return function(b)
    local own, other = seconds(b, name), of(b)
    if not own or not other then return nil end
    return verdict(own <= times * other, ("≤ %g× %s"):format(times, words), ("%.2f×"):format(own / other))
  end
end

local function duckdb_codes(b) return seconds(b, "codes.duckdb") end

local function in_memory(b)
  local best
  for _, engine in ipairs { "kernel", "lanes" } do
    local took = seconds(b, "memory." .. engine)
    if took and (not best or took < best) then best = took end
  end
  return best
end

-- Some goals are about 220,000 pupils; some about England, or about anything else.
local function authority(goal)
  return function(b) return b.scale.name == "authority" and goal(b) or nil end
end

local function england(is, goal)
  return function(b) return b.scale.pieces == is and goal(b) or nil end
end

local function under(most, name)
  return function(b)
    local own = whole(b, name)
    return own and verdict(own <= most, ("≤ %g s"):format(most), ("%.2f s"):format(own))
  end
end

local function peak(most, name)
  return function(b)
    local own = b.process:median(name, "peak")
    return own and verdict(own <= most, ("≤ %d MB"):format(most), ("%.0f MB"):format(own))
  end
end

-- What is stored is at most so large; `part` is how that is written.
local function size(name, part, times, than, words)
  return function(b)
    local own, other = b.process:median(name, "size"), b.process:median(than, "size")
    if not own or not other then return nil end
    return verdict(own <= times * other, ("≤ %s of %s"):format(part, words), ("%.3f"):format(own / other))
  end
end

-- A day's import and suggest.
local function day_goal(b)
  local day = whole(b, "day.import") and whole(b, "day.import") + whole(b, "day.suggest")
  return day and verdict(day <= 2.5, "with suggest ≤ 2.5 s", ("%.2f s"):format(day))
end

-- Twice the pupils, and no more than 2.2 times the processor time.
local function growth_goal(kind, full)
  return function(b)
    local half, all = b.process:median(kind .. ".part2", "cpu"), b.process:median(full, "cpu")
    if not half or not all then return nil end
    return verdict(all <= 2.2 * half, "in proportion: ≤ 2.2× half the pupils", ("%.2f×"):format(all / half))
  end
end

local function start_goal(b)
  local own, open = whole(b, "one.start"), whole(b, "one.open")
  return own and verdict(own <= 2 * open, "≤ 2× lua5.4 that opens the file", ("%.2f×"):format(own / open))
end

-- What the first run wrote, for each suggestion that it made.
local function grown_goal(b)
  local bytes, made = b.process:median("suggest.grown", "size"), b.process:median("suggest.grown", "made")
  if not made or made == 0 then return nil end
  local reached = ("%d suggestions, %.0f bytes each"):format(made, bytes / made)
  return b.scale.name == "authority" and verdict(bytes <= 60e6, "≤ 60 MB", reached) or reached
end

local function lived_goal(b)
  local first, last = whole(b, "year.first"), whole(b, "year.last")
  return first and verdict(last <= 1.2 * first, "≤ 1.2× the first", ("%.2f×"):format(last / first))
end

local function bare_sweep(b) return seconds(b, "suggest.sweep") end

-- How many times as fast as DuckDB, which answers the rules and no more.
local function beside_duckdb(b)
  local sweep, again, other = bare_sweep(b), whole(b, "suggest.again"), seconds(b, "suggest.duckdb")
  return ("the bare sweep is %.2f× as fast, suggest again %.2f×"):format(other / sweep, other / again)
end

-- Rows --------------------------------------------------------------------------------

local groups = {
  { "A + B from the store, results in memory",
    { "Waymark, 1 thread", "sweep.waymark", faster(25, "sweep.waymark", "sweep.duckdb", "DuckDB"),
      england(false, within(2, "sweep.waymark", in_memory, "in memory")),
      england(true, within(4, "sweep.waymark", in_memory, "in memory")) },
    { "DuckDB, 2 threads", "sweep.duckdb" },
    { "SQLite, a row a mark", "sweep.rows" },
    { "in memory: plain byte loop", "memory.bytes" },
    { "in memory: measure.c, the definition", "memory.measure" },
    { "in memory: kernel.c", "memory.kernel" },
    { "in memory: lanes.c", "memory.lanes" },
    { "in memory: every byte read once", "memory.touch" } },
  { "figures as CSV, whole process",
    { "Waymark", "figures.waymark", faster(8, "figures.waymark", "figures.duckdb", "DuckDB", whole),
      peak(100, "figures.waymark"), england(true, under(10, "figures.waymark")) },
    { "DuckDB, 2 threads", "figures.duckdb" } },
  { "import of a year of marks, whole process",
    { "Waymark, by pupil", "import.pupil", faster(5, "import.pupil", "import.duckdb", "DuckDB", whole),
      faster(1.5, "import.pupil", "import.count", "libcsv counting", whole), peak(150, "import.pupil") },
    { "Waymark, by date", "import.date", faster(5, "import.date", "import.duckdb", "DuckDB", whole),
      faster(1.5, "import.date", "import.count", "libcsv counting", whole), peak(150, "import.date") },
    { "Waymark, a column a half day", "import.grid", faster(1, "import.grid", "import.pupil", "a row a mark", whole),
      peak(150, "import.grid") },
    { "DuckDB read_csv, 2 threads", "import.duckdb" },
    { "libcsv, counting only", "import.count" } },
  { "stores of the others, made once",
    { "SQLite, a row a mark, from CSV", "build.rows" },
    { "DuckDB, integers from its text table", "build.duckdb" } },
  { "store",
    { "Waymark, people and marks", "size.waymark", size("size.waymark", "1/12", 1 / 12, "size.rows", "a row a mark") },
    { "Waymark, the registers of it", "size.sheets", size("size.sheets", "0.4", 0.4, "size.duckdb", "DuckDB") },
    { "DuckDB, integers", "size.duckdb" },
    { "SQLite, a row a mark", "size.rows" } },
  { "one day for everybody, whole process",
    { "import marks", "day.import", authority(day_goal) },
    { "suggest", "day.suggest" } },
  { "suggest, whole process",
    { "first run", "suggest.first", authority(under(4, "suggest.first")),
      growth_goal("suggest", "suggest.first"), england(true, peak(100, "suggest.first")) },
    { "again, nothing new", "suggest.again", authority(under(2, "suggest.again")),
      england(true, under(90, "suggest.again")), england(true, peak(100, "suggest.again")),
      within(4, "suggest.again", bare_sweep, "the bare sweep") },
    { "bare sweep of the same rules, 1 thread", "suggest.sweep" },
    { "DuckDB, the same rules in SQL, 2 threads", "suggest.duckdb", beside_duckdb },
    { "what the first run wrote", "suggest.grown", grown_goal },
    { "first run, half the pupils", "suggest.part2" },
    { "first run, a quarter", "suggest.part4" },
    { "figures, all pupils", "figures.waymark", growth_goal("figures", "figures.waymark") },
    { "figures, half the pupils", "figures.part2" },
    { "figures, a quarter", "figures.part4" } },
  { "a year lived day by day, import and suggest",
    { "a day of the fourth week", "year.first" },
    { "a day of the last week", "year.last", lived_goal },
    { "store at its end", "year.size" } },
  { "GROUP BY code, over all marks",
    { "Waymark, mark_count", "codes.mark_count", within(3, "codes.mark_count", duckdb_codes, "DuckDB") },
    { "DuckDB, 2 threads", "codes.duckdb" },
    { "SQLite, a row a mark", "codes.rows" } },
  { "one school, whole process",
    { "lua5.4 -e ''", "one.lua" },
    { "lua5.4 that opens the file", "one.open" },
    { "waymark -e, with nothing to do", "one.start", start_goal } },
}

for _, command in ipairs(sections.one_school_commands) do
  local name = "one." .. command[1]
  table.insert(groups[#groups], { "waymark " .. command[1], name, under(command[2], name) })
end

-- The table -----------------------------------------------------------------------------

local function time(s)
  if not s then return "" end
  if s < 0.01 then return ("%.2f ms"):format(s * 1e3) end
  return s < 1 and ("%.0f ms"):format(s * 1e3) or ("%.2f s"):format(s)
end

local function megabytes(n) return n and ("%.0f"):format(n) or "" end

-- Against the first row of the group, like with like.
local function ratio(b, first, name)
  for _, field in ipairs { "size", "inner", "wall" } do
    local one, this = b.process:median(first, field), b.process:median(name, field)
    if one and this then return name ~= first and ("%.2f"):format(this / one) or "" end
  end
  return ""
end

local function goals_of(b, row)
  local list = {}
  for i = 3, #row do list[#list + 1] = row[i](b) end
  return list
end

local function inside(p, name)
  local bytes = p:median(name, "size")
  return bytes and ("%.1f MB"):format(bytes / 1e6) or time(p:median(name, "inner"))
end

-- The lines of a row: each goal but the first has one to itself.
local function add_row(b, rows, first, row)
  local name, p, goals = row[2], b.process, goals_of(b, row)
  rows[#rows + 1] = { row[1], inside(p, name), time(p:median(name, "wall")), time(p:median(name, "cpu")),
    megabytes(p:median(name, "peak")), ratio(b, first, name), goals[1] or "" }
  for i = 2, #goals do rows[#rows + 1] = { "", "", "", "", "", "", goals[i] } end
end

-- { cells, … }: of each group whose first row was measured its title and its rows.
local function rows_of(b)
  local rows = {}
  for _, group in ipairs(groups) do
    local first = group[2][2]
    if b.process.samples[first] then rows[#rows + 1] = { "**" .. group[1] .. "**", "", "", "", "", "", "" } end
    for i = 2, b.process.samples[first] and #group or 1 do
      if b.process.samples[group[i][2]] then add_row(b, rows, first, group[i]) end
    end
  end
  return rows
end

local titles = { "work", "inside", "whole process", "processor", "peak MB", "× first", "goal" }

local function widths_of(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for c, cell in ipairs(row) do widths[c] = math.max(widths[c] or 0, utf8.len(cell)) end
  end
  return widths
end

local function line_of(row, widths)
  local parts = {}
  for c, cell in ipairs(row) do
    local space = (" "):rep(widths[c] - utf8.len(cell))
    parts[c] = (c == 1 or c == #row) and cell .. space or space .. cell
  end
  return "| " .. table.concat(parts, " | ") .. " |"
end

-- Write the table as markdown, aligned.
function report.write(b, out)
  local rows = rows_of(b)
  table.insert(rows, 1, titles)
  local widths = widths_of(rows)
  local rule = {}
  for c, width in ipairs(widths) do
    rule[c] = (c == 1 or c == #widths) and ("-"):rep(width) or ("-"):rep(width - 1) .. ":"
  end
  table.insert(rows, 2, rule)
  for _, row in ipairs(rows) do out:write(line_of(row, widths), "\n") end
end

return report
