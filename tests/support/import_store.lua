-- import_store.lua: a store in a folder of its own, with one school, a calendar and two
-- pupils, for specs of the core's imports. The codes come from codes.lua.
--
--   local given = require "tests.support.import_store"
--   before_each(given.open); after_each(given.close)
--   given.import(kind, text [, options]) -> what store:import answers
--   given.marks(rows [, options]), given.pupils(rows) -> report
--   given.rows(sql), given.value(sql); given.store; given.dir

local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"

local given = {
  ADA = "B801200005001", BEN = "P801200005002", CAL = "E801200005003",
  AT = 1775000000, -- 2026-03-31 23:33:20 UTC
  MARKS = "school,upn,date,session,code\n",
  PUPILS = "school,upn,surname,forename,dob,year,form,sex,sen,fsm\n",
}

-- The days from one to another, open from Monday to Friday.
local function weekdays(from, to)
  local list, t = {}, os.time { year = from[1], month = from[2], day = from[3], hour = 12 }
  local last = os.time { year = to[1], month = to[2], day = to[3], hour = 12 }
  while t <= last do
    local day = os.date("!*t", t)
    local open = day.wday > 1 and day.wday < 7
    list[#list + 1] = { os.date("!%Y-%m-%d", t), open, open }
    t = t + 86400
  end
  return list
end

function given.import(kind, text, options)
  local o = { at = given.AT, left_out_dir = given.dir .. "/left-out", am_code = "/", pm_code = "\\" }
  for k, v in pairs(options or {}) do o[k] = v end
  folder.write(given.dir .. "/" .. kind .. ".csv", text)
  return given.store:import(kind, given.dir .. "/" .. kind .. ".csv", o)
end

function given.marks(text, options) return assert(given.import("marks", given.MARKS .. text, options)) end
function given.pupils(text) return assert(given.import("pupils", given.PUPILS .. text)) end

function given.rows(sql)
  local list = {}
  local _, next_row, state, first, closing = assert(given.store:query(sql))
  for row in next_row, state, first, closing do list[#list + 1] = row end
  return list
end

function given.value(sql) return given.rows(sql)[1][1] end

-- One of report.reasons or report.warnings by its name.
function given.named(list, name)
  for _, item in ipairs(list) do
    if item.name == name then return item end
  end
end

local headings = {
  marks = given.MARKS, calendar = "school,date,am,pm\n", schools = "school,name\n",
  pupils = "school,upn,surname,forename,dob,joined,left\n",
  contacts = "school,upn,surname,lives_with,priority\n",
}

-- The one row of this text is left out for that reason, in these words.
function given.assert_left_out(kind, line, name, words)
  local report = assert(given.import(kind, headings[kind] .. line .. "\n"))
  assert(report.left_out == 1, "one row should be left out, not " .. report.left_out)
  local why = assert(given.named(report.reasons, name),
    ("%s expected, not %s"):format(name, report.reasons[1] and report.reasons[1].name))
  assert(why.count == 1 and why.examples[1].line == 2)
  assert(why.examples[1].words:find(words, 1, true),
    ("%q expected in %q"):format(words, why.examples[1].words))
end

function given.open()
  given.dir = folder.new()
  given.store = assert(core.store.open(given.dir .. "/waymark.db", "create"))
  assert(given.store:add_codes(codes))
  assert(given.store:put_school { key = "881/2345", name = "Oakfield Primary School", phase = "primary" })
  assert(given.store:default_days(nil, weekdays({ 2024, 9, 2 }, { 2026, 7, 20 })))
  given.pupils(("881/2345,%s,Able,Ada,2015-01-02,5,5A,F,,\n881/2345,%s,Best,Ben,2015-02-03,5,5A,M,K,1\n")
    :format(given.ADA, given.BEN))
end

function given.close()
  given.store:close()
  folder.remove(given.dir)
end

return given
