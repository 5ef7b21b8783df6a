-- core: Waymark as a Lua module, asked from stock Lua; the rest of the bench asks the
-- program. Prints key=value lines as the other peers do.
--
--   core.lua open WORKSPACE                 open the file, and close it
--   core.lua sweep WORKSPACE AS_OF TIMES    A and B (answer.h) from the store; the median
--   core.lua rules WORKSPACE AS_OF TIMES [OUT]
--                                           the rules of every step's `when`, as suggest sweeps them before
--                                           it asks anybody; the median. OUT: whom of which they are met, a
--                                           line "pupil,bits" each, a bit a rule
--   core.lua query WORKSPACE TIMES SQL      a question whose rows are code and count

local answer = require "tests.bench.answer"
local clock = require "clock" -- clock.c
local core = require "waymark.core"

local commands = {}

local function median(times, work)
  local took = {}
  for i = 1, math.tointeger(times) do
    local began = clock()
    work()
    took[i] = clock() - began
  end
  table.sort(took)
  return took[#took // 2 + 1]
end

local function open(folder)
  return require "waymark.workspace".open(folder, "read"):load_plugins()
end

function commands.open(folder) assert(core.store.open(folder .. "/waymark.db", "read")):close() end

local function add_row(sums, row)
  local national, of = row.thresholds[1], row.possible
  answer.add(sums, { upn = row.upn, first = answer.session(national.date, national.session),
    largest = national.largest, possible = of, attended = row.attended, authorised = row.authorised,
    unauthorised = row.unauthorised, rate = row.percent or 0,
    persistent = of > 0 and row.attended * 100 <= of * 90 and 1 or 0,
    severe = of > 0 and row.attended * 100 <= of * 50 and 1 or 0 })
end

-- Everybody's figures, a row a pupil, added up.
local function sums_of_rows(store, filter)
  local sums = answer.new()
  for row in assert(store:figures(filter)) do add_row(sums, row) end
  return sums
end

-- What the sweep adds up itself must be what the rows add up to.
local function check(swept, sums)
  local national = swept.rules[1]
  local same = { pupils = swept.pupils, met = national.ever, first = national.first_met, largest = national.largest,
    possible = swept.possible, attended = swept.attended, authorised = swept.authorised,
    unauthorised = swept.unauthorised, persistent = swept.rules[2].met, severe = swept.rules[3].met }
  for field, value in pairs(same) do
    if sums[field] ~= value then error(("sweep and figures differ: %s %d and %d"):format(field, value, sums[field])) end
  end
end

function commands.sweep(folder, as_of, times)
  local space = open(folder)
  local store = space.store
  local rule, swept = core.rule, nil
  local national = rule.rolling { name = "national", codes = "GNOU", at_least = 10, weeks = 10 }
  local filter = { as_of = as_of, everyone = true, rules = { national } }
  local one_thread = { as_of = as_of, everyone = true, threads = 1, rules = { national,
    rule.rate { name = "persistent", bands = { 90 } }, rule.rate { name = "severe", bands = { 50 } } } }
  print(("seconds=%.6f"):format(median(times, function()
    swept = assert(store:sweep(one_thread))
  end)))
  local sums = sums_of_rows(store, filter)
  check(swept, sums)
  for _, field in ipairs(answer.fields) do print(("%s=%d"):format(field, sums[field])) end
end

function commands.rules(folder, as_of, times, out)
  local space, rules, names = open(folder), {}, {}
  for i, rule in ipairs(space.maps[1].declared.swept) do rules[i], names[i] = rule.value, rule.name end
  local function batches(fields)
    return assert(space.store:batches { as_of = as_of, on_roll = true, rules = rules, some = true, fields = fields })
  end
  print(("seconds=%.6f"):format(median(times, function()
    local next_block = batches { "registers" }
    while next_block() do end -- luacheck: ignore 542
  end)))
  local file <close> = out and assert(io.open(out, "w"))
  for block in out and batches { "registers", "pupil.upn" } or function() end do
    local batch = assert(core.batch(block, space:codes()))
    for i, met in ipairs(batch.met) do file:write(("%d,%d\n"):format(answer.pupil_number(batch[i].upn), met)) end
  end
  print("rules=" .. table.concat(names, " "))
end

function commands.query(folder, times, sql)
  local space, rows = open(folder), {}
  print(("seconds=%.6f"):format(median(times, function()
    local _, next_row = assert(space.store:query(sql))
    rows = {}
    for row in next_row do rows[#rows + 1] = row end
  end)))
  for _, row in ipairs(rows) do print(("code %s=%d"):format(row[1], row[2])) end
end

commands[arg[1]](table.unpack(arg, 2))
