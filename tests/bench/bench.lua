-- bench: Waymark beside what others use for the same work; `make bench`. See README.md.
--
--   bench.lua FOLDER BUILD SCALE ROUNDS     (bench.sh makes and removes the folder)
--
-- SCALE is a name of `scales`, or SCHOOLSxPUPILS. The answers of all engines must agree:
-- else the bench ends with status 1. It never asserts a time.

local answer = require "tests.bench.answer"
local england = require "tests.bench.england"
local machine = require "tests.bench.machine"
local process = require "tests.bench.process"
local report = require "tests.bench.report"
local sections = require "tests.bench.sections"
local work = require "tests.bench.work"

local scales = {
  school = { schools = 1, pupils = 1000, rounds = 5 },
  trust = { schools = 20, pupils = 1000, rounds = 5 },
  authority = { schools = 220, pupils = 1000, rounds = 3 },
  england = { schools = 9000, pupils = 1000, rounds = 1 },
}

local MARKS = 380 -- a pupil's, in the year of the data, rounded up

-- What the bench needs at its fullest, in bytes a mark: two CSV files, half of one again,
-- four copies of the store, and the stores of the others. England: the store with its suggestions
-- and the log of writing them, the marks packed, and the CSV of an authority.
local function disk_needed(scale)
  local marks = scale.schools * scale.pupils * MARKS
  if scale.pieces then return marks * 6 + 220000 * MARKS * 45 end
  return marks * 110 + 50e6
end

local function stop(...)
  io.stderr:write("bench: ", string.format(...), "\n")
  os.exit(1)
end

local function scale_of(name, rounds)
  local schools, pupils = name:match "^(%d+)x(%d+)$"
  local scale = scales[name] or schools and { schools = math.tointeger(schools), pupils = math.tointeger(pupils),
    rounds = 3 } or stop("SCALE is school, trust, authority, england or SCHOOLSxPUPILS, not %s", name)
  scale.name, scale.rounds = name, math.tointeger(rounds) or scale.rounds
  scale.pieces = scale.schools > scales.authority.schools
  return scale
end

local function check_disk(folder, scale)
  local pipe = assert(io.popen("df -Pk " .. process.quote(folder)))
  local free = 1024 * tonumber(pipe:read "a":match "\n%S+%s+%d+%s+%d+%s+(%d+)")
  pipe:close()
  local needed = disk_needed(scale)
  io.stderr:write(("%d schools of %d pupils; needs up to %.1f GB of disk in BENCH_DIR, %.1f GB are free\n"):format(
    scale.schools, scale.pupils, needed / 1e9, free / 1e9))
  if free < needed then
    stop("%.1f GB of disk are needed and %.1f GB are free; give a folder with BENCH_DIR, or a smaller SCALE",
      needed / 1e9, free / 1e9)
  end
end

local function has_mark_count(b)
  local pipe = assert(io.popen(process.quote(b.build .. "/waymark") .. " -C " .. process.quote(b.year)
    .. [[ sql "SELECT marks FROM mark_count LIMIT 1" >/dev/null 2>&1 && echo yes]]))
  local text = pipe:read "a"
  pipe:close()
  return text == "yes\n"
end

-- Every engine against one of them; { sentence, … } of those that differ.
local function disagreements(b)
  local list, reference = {}, b.answers["in memory, bytes"]
  for name, sums in pairs(b.answers) do
    local difference = answer.differ(reference, sums)
    if difference then list[#list + 1] = ("%s does not agree with the plain loop: %s"):format(name, difference) end
  end
  for name, counts in pairs(b.counts) do
    if counts ~= b.counts.SQLite then
      list[#list + 1] = ("%s does not agree with SQLite on GROUP BY code: %s"):format(name, counts)
    end
  end
  table.sort(list)
  return list
end

local function names_of(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, "; ")
end

local function measure(b)
  if b.scale.pieces then
    england.import(b)
    england.questions(b)
    return england.suggest(b)
  end
  b.data = work.data(b, "data", b.scale)
  sections.import(b)
  sections.stores(b)
  b.mark_count = has_mark_count(b)
  sections.questions(b)
  sections.suggest(b)
  sections.year(b)
  sections.one_school(b)
end

local function describe(b)
  print(("make bench SCALE=%s: %d schools of %d pupils, %d rounds, medians\n"):format(b.scale.name, b.scale.schools,
    b.scale.pupils, b.scale.rounds))
  for _, line in ipairs(machine.lines(b.folder)) do print("- " .. line) end
  if not b.scale.pieces then
    print("- " .. (b.duckdb and "DuckDB: " .. b.duckdb
      or "DuckDB is left out (no npm, no network, or DUCKDB=no): all ratios to it are missing"))
  end
  if b.scale.pieces then
    print "- DuckDB, SQLite with a row a mark, a year lived and single schools are left out at this scale"
  end
  print ""
end

local function main(folder, build, scale_name, rounds)
  local b = { folder = folder, build = build, scale = scale_of(scale_name, rounds), answers = {}, counts = {} }
  check_disk(folder, b.scale)
  b.process = process.new(folder, build .. "/bench/run")
  b.duckdb = os.getenv "WAYMARK_BENCH_NODE" ~= "" and not b.scale.pieces
  b.duckdb = b.duckdb and work.duckdb(b, nil, { "version" }).values.version
  if not b.duckdb and not b.scale.pieces then io.stderr:write "DuckDB is left out: all ratios to it are missing\n" end
  measure(b)
  local wrong = disagreements(b)
  if wrong[1] then stop("%s", table.concat(wrong, "\nbench: ")) end
  describe(b)
  report.write(b, io.stdout)
  local sums = b.answers["in memory, bytes"]
  print(("\nAll answers agree (%s): %d pupils, %d met the threshold, checksum %d."):format(names_of(b.answers),
    sums.pupils, sums.met, sums.mix))
end

local ok, message = pcall(main, table.unpack(arg))
if not ok then stop("%s", message) end
