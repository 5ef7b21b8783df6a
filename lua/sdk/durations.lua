-- durations: school_weeks(6), school_days(30), calendar_days(21): how long, in
-- which unit. Plain tables, so that they can be written down. What they mean
-- in dates, a school's calendar says.

local durations = {}

local check -- needs this module itself, so it is read when something is wrong

local units = { "school_weeks", "school_days", "calendar_days" }
local words = { school_weeks = "school week", school_days = "school day", calendar_days = "day" }

for _, unit in ipairs(units) do
  durations[unit] = function(n)
    if math.type(n) ~= "integer" or n < 1 or n > 1000 then
      check = check or require "check"
      check.arguments(unit, n)
      error(("%s(n) takes a whole number from 1 to 1000, not %d"):format(unit, n), 2)
    end
    return { unit = unit, n = n }
  end
end

-- Whether a table is what one of the three would have made.
function durations.is(value)
  return words[value.unit] ~= nil and math.type(value.n) == "integer" and value.n >= 1 and value.n <= 1000
end

-- "6 school weeks"
function durations.words(duration)
  local word = words[duration.unit] or tostring(duration.unit)
  return ("%d %s%s"):format(duration.n, word, duration.n == 1 and "" or "s")
end

-- The last day of a period that begins on `start` | nil, message
function durations.last_day(duration, start, calendar, date)
  if duration.unit == "school_weeks" then return calendar:weeks_period(start, duration.n) end
  if duration.unit == "school_days" then return calendar:days_period(start, duration.n) end
  return date.add(start, duration.n - 1)
end

return durations
