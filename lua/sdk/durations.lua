-- durations: school_weeks(6), school_days(30), calendar_days(21), sessions(40): how long,
-- in which unit; sooner_of(a, b): the sooner of two. Plain tables, so that they can be
-- written down. What they mean in dates, a school's calendar says: calendar:last_day, which
-- joins the methods that C gives.

local core = require "core"
local check = require "check"

local durations = {}

local words = { school_weeks = "school week", school_days = "school day", calendar_days = "day", sessions = "half day" }

for unit in next, words do
  durations[unit] = function(n)
    if math.type(n) ~= "integer" or n < 1 or n > 1000 then
      check.arguments(unit, n)
      error(("%s(n) takes a whole number from 1 to 1000, not %d"):format(unit, n), 2)
    end
    return { unit = unit, n = n }
  end
end

-- The sooner of two that are not of two themselves.
function durations.sooner_of(a, b)
  for _, each in ipairs { a or false, b or false } do
    if not check.duration(each) or each.or_sooner then
      check.arguments("sooner_of", a, b)
      error("sooner_of(a, b) takes two plain durations: sooner_of(school_weeks(6), school_days(30))", 2)
    end
  end
  return { unit = a.unit, n = a.n, or_sooner = { unit = b.unit, n = b.n } }
end

local function plain_words(duration)
  local word = words[duration.unit] or tostring(duration.unit)
  return ("%d %s%s"):format(duration.n, word, duration.n == 1 and "" or "s")
end

-- "6 school weeks", "6 school weeks, at most 30 school days"
function durations.words(duration)
  local other = duration.or_sooner
  return plain_words(duration) .. (other and ", at most " .. plain_words(other) or "")
end

local function plain_last_day(calendar, start, duration)
  if duration.unit == "school_weeks" then return calendar:weeks_period(start, duration.n) end
  if duration.unit == "school_days" then return calendar:days_period(start, duration.n) end
  if duration.unit == "sessions" then return calendar:sessions_period(start, duration.n) end
  return core.date.add(start, duration.n - 1)
end

-- The last day of a period that begins on `start` | nil, message. Of two, one that the calendar
-- does not reach to the end of is the later one, if the other lies in it.
function durations.last_day(duration, start, calendar)
  local last, message = plain_last_day(calendar, start, duration)
  if not duration.or_sooner then return last, message end
  local other, also = plain_last_day(calendar, start, duration.or_sooner)
  if last and other then return last < other and last or other end
  local known, ends = last or other, calendar:last()
  if known and ends and known <= ends then return known end
  return nil, message or also
end

function core.calendar_methods.last_day(calendar, start, duration)
  if type(calendar) ~= "userdata" or type(start) ~= "string" or not check.duration(duration) then
    check.arguments("calendar:last_day", calendar, start, duration)
  end
  return durations.last_day(duration, start, calendar)
end

return durations
