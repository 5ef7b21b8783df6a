-- school.lua: schools of a few pupils for specs of the rules: files in, figures out.
--
--   local w = school.with { ADA = { ["2025-09-08"] = "N N", dob = "2015-01-01" } }
--   school.figures(w, "2025-09-12").ADA.national_max
--   teardown(school.remove_all)

local core = require "waymark.core"
local workspace = require "tests.support.workspace"

local school = {}

-- Before any command: a present time after all there is.
school.AFTER = "--now 2027-08-01T12:00Z "
school.USES = 'use "england"\nuse "essex"\n'

-- Essex in 2024-25, to go before the 2025-26 of the usual settings.
local LAST_YEAR = [[
year "2024-25" {
  term { "2024-09-02", "2024-12-20", half_term = { "2024-10-28", "2024-11-01" } },
  term { "2025-01-06", "2025-04-04", half_term = { "2025-02-17", "2025-02-21" } },
  term { "2025-04-22", "2025-07-22", half_term = { "2025-05-26", "2025-05-30" } },
  inset { "2024-09-02", "2024-10-25", "2024-11-04", "2025-01-06", "2025-07-22" },
  closed { "2025-05-05" },
}
]]

local made = {}

-- A workspace that school.remove_all removes; of Essex in both years without settings.
function school.workspace(settings)
  local w = workspace.new { settings = settings or LAST_YEAR .. workspace.essex }
  made[#made + 1] = w
  return w
end

function school.remove_all()
  for _, w in ipairs(made) do w:remove() end
  made = {}
end

function school.sorted_names(by_name)
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A workspace with these pupils, their marks and dates of birth (nine years old if they
-- have none). `what`: settings; calendar, the text of a file.
function school.with(pupils, what)
  what = what or {}
  local w = school.workspace(what.settings)
  local rows, marks = { "upn,surname,forename,dob,year,form" }, {}
  for _, upn in ipairs(school.sorted_names(pupils)) do
    rows[#rows + 1] = ("%s,%s,%s,%s,4,4A"):format(upn, upn, upn, pupils[upn].dob or "2016-01-01")
    marks[upn] = {}
    for date, pair in pairs(pupils[upn]) do marks[upn][date] = date ~= "dob" and pair or nil end
  end
  w:file("calendar.csv", what.calendar or "")
  w:file("pupils.csv", table.concat(rows, "\n") .. "\n")
  w:file("marks.csv", workspace.registers(marks))
  for _, kind in ipairs { "calendar", "pupils", "marks" } do
    if kind ~= "calendar" or what.calendar then w:ok(("%s import %s %s.csv"):format(school.AFTER, kind, kind)) end
  end
  return w
end

-- The figures as of a day, by UPN.
function school.figures(w, as_of)
  local by_upn = {}
  for _, row in ipairs(w:csv("figures --as-of " .. as_of)) do by_upn[row.upn] = row end
  return by_upn
end

-- Some cells of a row as one text, "-" for an empty one.
function school.cells(row, ...)
  local values = {}
  for i, name in ipairs { ... } do values[i] = row[name] == "" and "-" or row[name] end
  return table.concat(values, " ")
end

-- "2025-11-18 AM 10"
function school.threshold(row, name)
  return school.cells(row, name .. "_met_on", name .. "_session", name .. "_max")
end

-- Marks: the same on each of these days, and others beside.
function school.on(dates, pair, others)
  local days = {}
  for _, date in ipairs(dates) do days[date] = pair end
  for date, codes in pairs(others or {}) do days[date] = codes end
  return days
end

function school.copy(days) return school.on({}, nil, days) end

-- The Mondays to Fridays from first to last.
function school.weekdays(first, last)
  local list, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 then list[#list + 1] = day end
    day = core.date.add(day, 1)
  end
  return list
end

return school
