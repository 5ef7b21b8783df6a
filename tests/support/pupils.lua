-- pupils.lua: a few pupils of one school, in process, for specs of what rules say.
--
--   local ada = pupils.with({ ADA = { ["2025-09-08"] = "N N" } }, "2025-09-12").ADA
--   after_each(pupils.remove)
--
-- The calendar is that of DESIGN for 2025-26, and June and July of the year before.

local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local settings = require "waymark.workspace.settings"
local workspace = require "tests.support.workspace"

local pupils = {}

local SUMMER = 'year "2024-25" { term { "2025-06-02", "2025-07-22" } }\n'
local open_days = settings.days(assert(settings.evaluate(SUMMER .. workspace.essex)).years)

local dir, store

function pupils.remove()
  if store then store:close() end
  if dir then folder.remove(dir) end
  dir, store = nil, nil
end

local function give(kind, text, at)
  folder.write(dir .. "/" .. kind .. ".csv", text)
  local report = assert(store:import(kind, dir .. "/" .. kind .. ".csv", { at = assert(core.system.time(at)) }))
  assert(report.left_out == 0)
end

-- More marks, learnt at a time.
function pupils.learn(marks, at)
  assert(store:begin())
  give("marks", workspace.registers(marks), at)
  assert(store:commit())
end

-- The first batch as of a day, as bytes; and bytes opened.
function pupils.block(as_of, filter)
  local options = { as_of = as_of, everyone = true }
  for name, value in pairs(filter or {}) do options[name] = value end
  local next_block, _, _, closer = assert(store:batches(options))
  local _ <close> = closer
  return (next_block())
end

function pupils.opened(block) return core.batch(block, core.codes(store:codes())) end

-- Pupils by UPN as of a day, of the school as it is by now; `filter` as store:batches.
function pupils.on(as_of, filter)
  local by_upn, batch = {}, assert(pupils.opened(pupils.block(as_of, filter)))
  for i = 1, #batch do by_upn[batch[i].upn] = batch[i] end
  return by_upn
end

-- A new school with these pupils and their marks; -> as pupils.on
function pupils.with(marks, as_of)
  pupils.remove()
  dir = folder.new()
  store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:begin())
  assert(store:add_codes(codes))
  assert(store:put_school { key = "oakfield", name = "Oakfield" })
  assert(store:default_days(nil, open_days))
  local rows = { "upn,surname,forename\n" }
  for upn in pairs(marks) do rows[#rows + 1] = ("%s,Stone,Pupil\n"):format(upn) end
  table.sort(rows, function(a, b) return (a:find "^upn" and "" or a) < (b:find "^upn" and "" or b) end)
  give("pupils", table.concat(rows), "2026-08-01T08:00Z")
  assert(store:commit())
  pupils.learn(marks, "2026-08-01T09:00Z")
  return pupils.on(as_of)
end

-- School days present from first to last, but for the same codes on each of some days.
function pupils.away(first, last, pair, dates)
  local changes = {}
  for _, date in ipairs(dates) do changes[date] = pair end
  return workspace.with(first, last, changes)
end

-- Fields of an evidence as one text.
function pupils.fields(evidence, ...)
  local values = {}
  for i, name in ipairs { ... } do values[i] = evidence[name] == nil and "nil" or tostring(evidence[name]) end
  return table.concat(values, " ")
end

return pupils
