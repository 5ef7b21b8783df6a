-- workspace/years: school years as a person would check them, and what to look at again in one.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local road_map = require "waymark.plugin.road_map"
local words = require "waymark.base.words"

local years = {}

-- A school year has 190 days for pupils; a few less are usual, more are days that were forgotten.
local usual_days, tolerance = 190, 5

-- The school years of days { date, am, pm }: { name, days = by date, open, sessions, closed = dates, first,
-- last }, in order.
function years.of(days)
  local by_name, list = {}, {}
  for _, day in ipairs(days) do
    local name = core.date.academic_year(day[1])
    local year = by_name[name]
    if not year then
      year = { name = name, days = {}, open = 0, sessions = 0, closed = {} }
      by_name[name], list[#list + 1] = year, year
    end
    year.days[day[1]] = day
    if day[2] or day[3] then
      year.open = year.open + 1
      year.sessions = year.sessions + (day[2] and 1 or 0) + (day[3] and 1 or 0)
      year.first, year.last = year.first or day[1], day[1]
    else
      year.closed[#year.closed + 1] = day[1]
    end
  end
  return list
end

-- The bank holidays that the plugins of a school's road map know, by its key; none where they cannot be read,
-- which is not what is asked here.
function years.bank_holidays(space)
  local fine, maps = pcall(road_map.load, space.settings, space.context, true)
  if not fine and not problem.is(maps) then error(maps, 0) end
  return function(key)
    local declared = fine and maps:for_school(key).declared
    return declared and declared.bank_holidays or {}
  end
end

-- What to check in a year: sentences. With `whole`, a year of which days lack is one too: it may not be
-- written to its end yet.
function years.remarks(year, bank_holidays, whole)
  local list, open = {}, {}
  if year.open > usual_days or whole and year.open < usual_days - tolerance then
    list[1] = ("a school year usually has about %d days, this one has %d"):format(usual_days, year.open)
  end
  for _, date in ipairs(bank_holidays) do
    local day = year.days[date]
    if day and (day[2] or day[3]) then open[#open + 1] = core.date.short(date) end
  end
  if #open > 0 then
    list[#list + 1] = ("%s %s open in it: %s"):format(words.count(#open, "bank holiday"), #open == 1 and "is" or "are",
      table.concat(open, ", "))
  end
  return list
end

return years
