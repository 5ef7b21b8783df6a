-- random_calendar.lua: the planned sessions of a made-up school, in every odd shape that
-- a calendar may have.
--
-- Terms begin in September, late in August or before 19 August; some years run to 31 July,
-- so that no day lies between two academic years. In every year there is a week with
-- training days only, a week with a single session, half days, and training days here and
-- there; now and then a Saturday, if asked for. Days on which snow closed the school are
-- open: the calendar says what was planned.

local days = require "tests.support.days"

local random_calendar = {}

-- Month and day of first and last days, each moved by up to so many days.
local PARTS_OF_YEAR = {
  { last = "10-22", later = 3 },
  { first = "11-04", last = "12-18", later = 2 },
  { first = "01-05", last = "02-12", later = 2 },
  { first = "02-22", last = "03-29", later = 5 },
  { first = "04-13", last = "05-22", later = 2 },
  { first = "06-01", last = "07-18", later = 3 },
}
local STARTS = { "08-13", "08-28", "09-02", "09-04" }

local function in_year(year, month_day)
  return days.number((month_day >= "08-01" and year or year + 1) .. "-" .. month_day)
end

local function open_weekdays(open, first, last)
  for day = first, last do
    if days.weekday(day) <= 5 then open[day] = { am = true, pm = true } end
  end
end

local function open_terms(open, year, chance)
  for i, part in ipairs(PARTS_OF_YEAR) do
    local first = in_year(year, part.first or chance:one_of(STARTS))
    local last = in_year(year, part.last)
    if i == #PARTS_OF_YEAR and chance:in_hundred(25) then last = in_year(year, "07-31") end
    open_weekdays(open, first + chance:whole(0, part.later), last + chance:whole(0, part.later))
  end
end

-- Terms that were moved beyond the end of the year end with it.
local function cut_at_year_end(open, year)
  for day = in_year(year, "07-31") + 1, in_year(year, "07-31") + 10 do open[day] = nil end
end

local function sorted_days(open)
  local list = {}
  for day in pairs(open) do list[#list + 1] = day end
  table.sort(list)
  return list
end

local function close_week_of(open, day)
  local monday = days.monday(day)
  for d = monday, monday + 6 do open[d] = nil end
end

local function leave_one_session(open, day, chance)
  close_week_of(open, day)
  local morning = chance:in_hundred(50)
  open[day] = { am = morning, pm = not morning }
end

local function add_odd_shapes(open, chance)
  close_week_of(open, chance:one_of(sorted_days(open)))
  leave_one_session(open, chance:one_of(sorted_days(open)), chance)
  for _ = 1, 4 do open[chance:one_of(sorted_days(open))] = nil end
  for _ = 1, 3 do open[chance:one_of(sorted_days(open))].pm = false end
  open[chance:one_of(sorted_days(open))].am = false
end

local function open_saturdays(open, chance)
  for _ = 1, 3 do
    local monday = days.monday(chance:one_of(sorted_days(open)))
    open[monday + 5] = { am = true, pm = false }
  end
end

-- Whether a day of which nothing is open is worth a row: weekdays are.
local function is_listed(day, sessions)
  return sessions ~= nil or days.weekday(day) <= 5
end

local function add_rows(rows, open, year)
  for day = in_year(year, "08-01"), in_year(year, "07-31") do
    local sessions = open[day]
    if is_listed(day, sessions) then
      rows[#rows + 1] = { day = day, date = days.iso(day), am = sessions and sessions.am or false,
        pm = sessions and sessions.pm or false }
    end
  end
end

-- Rows { day, date, am, pm } for every weekday of the years, in order. `years` is a list
-- such as { "2024-25", "2025-26" }.
function random_calendar.make(years, chance, with_saturdays)
  local rows = {}
  for _, name in ipairs(years) do
    local year, open = math.tointeger(name:sub(1, 4)), {}
    open_terms(open, year, chance)
    cut_at_year_end(open, year)
    add_odd_shapes(open, chance)
    if with_saturdays then open_saturdays(open, chance) end
    add_rows(rows, open, year)
  end
  return rows
end

return random_calendar
