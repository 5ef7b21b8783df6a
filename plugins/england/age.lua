-- age: the days on which a child is of compulsory school age (Education Act 1996 s.8; the
-- dates are those of england.compulsory, which the rules count by).
--
--   age.span(dob, ages)        the first day and the last
--   age.is_of_age(dob, day, ages)

local days = require "england.days"

local age = {}

-- The first of the prescribed days on or after the birthday.
local function first_day(birthday, ages)
  local year, found = birthday:sub(1, 4), nil
  for _, each in ipairs(ages.from_on) do
    local day = year .. "-" .. each
    if day >= birthday and (not found or day < found) then found = day end
  end
  return found
end

-- The last such weekday of the month in the school year of the birthday.
local function last_day(birthday, ages)
  local names = { monday = 1, tuesday = 2, wednesday = 3, thursday = 4, friday = 5, saturday = 6, sunday = 7 }
  local year = math.tointeger(tonumber(birthday:sub(1, 4)))
  if birthday:sub(6) >= ages.year_begins then year = year + 1 end
  local day = date.add(("%04d-%02d-01"):format(year, ages.to_month + 1), -1)
  while date.weekday(day) ~= names[ages.to_last] do day = date.add(day, -1) end
  return day
end

function age.span(dob, ages)
  return first_day(days.years_after(dob, ages.from_age), ages), last_day(days.years_after(dob, ages.to_age), ages)
end

function age.is_of_age(dob, day, ages)
  local first, last = age.span(dob, ages)
  return day >= first and day <= last
end

return age
