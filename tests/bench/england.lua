-- england: more pupils than fit on a disk as CSV. Data is made and imported in pieces of an
-- authority each; the peers that keep a row a mark are left out. What is asked is that memory is the
-- same as for an authority.

local answer = require "tests.bench.answer"
local work = require "tests.bench.work"

local england = {}

local PIECE = 220 -- schools

-- A running total of what the imports took: { wall, cpu, peak }.
local function add(total, took)
  total.wall, total.cpu = total.wall + took.wall, total.cpu + took.cpu
  total.peak = math.max(total.peak, took.peak)
end

local function import_piece(b, folder, first, total)
  local count = math.min(PIECE, b.scale.schools - first)
  local data = work.data(b, "piece", { schools = count, pupils = b.scale.pupils, first = first })
  work.people(b, folder, data)
  add(total, work.import(b, nil, folder, data .. "/marks.csv"))
  b.process:run(nil, { work.tool(b, "memory"), "pack", work.path(b, "packed"), b.scale.pupils, data .. "/marks.csv" })
  b.as_of = work.last_date(data .. "/marks.csv")
  work.remove(data)
end

function england.import(b)
  local total = { wall = 0, cpu = 0, peak = 0 }
  local empty = work.data(b, "empty", { schools = 1, pupils = 1 })
  b.year = work.path(b, "year")
  b.process:run(nil, { b.build .. "/waymark", "init", b.year })
  work.copy(empty .. "/waymark.lua", b.year .. "/waymark.lua")
  for first = 0, b.scale.schools - 1, PIECE do
    io.stderr:write(("importing schools %d to %d of %d\n"):format(first + 1,
      math.min(first + PIECE, b.scale.schools), b.scale.schools))
    import_piece(b, b.year, first, total)
  end
  b.process:keep("import.pupil", total)
  b.process:keep("size.waymark", { size = work.size(b.year .. "/waymark.db") })
end

local function ask(b)
  local out = work.path(b, "figures.csv")
  local values = b.process:run("memory", { work.tool(b, "memory"), "measure", work.path(b, "packed"), 3 }).values
  for key, value in pairs(values) do
    local engine = key:match "^(%l+)_seconds$"
    if engine then b.process:keep("memory." .. engine, { inner = tonumber(value) }) end
  end
  b.answers["in memory, bytes"] = answer.take(values, "bytes_")
  b.answers["Waymark, sweep"] = answer.take(work.core(b, "sweep.waymark", { "sweep", b.year, b.as_of, 1 }).values)
  work.waymark(b, "figures.waymark", b.year, { "figures", "--format", "csv" }, { out = out })
  b.answers["Waymark, figures"] = answer.of_csv(out)
  work.remove(out)
end

function england.questions(b)
  for round = 1, b.scale.rounds do
    io.stderr:write(("asking, round %d of %d\n"):format(round, b.scale.rounds))
    ask(b)
  end
end

-- On the store itself: a copy would take as much disk again.
function england.suggest(b)
  io.stderr:write "suggesting\n"
  work.suggest_first(b, b.year)
  work.core(b, "suggest.sweep", { "rules", b.year, b.as_of, 1 })
  work.waymark(b, "suggest.again", b.year, { "suggest" })
end

return england
