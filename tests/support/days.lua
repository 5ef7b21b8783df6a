-- days.lua: dates as day numbers, for the slow reference and the generated schools.
--
-- Deliberately not the arithmetic of the core: it walks through years and months, so that
-- a fault in one is not a fault in both. Day 0 is 1 January 1970, a Thursday.

local days = {}

local function is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function month_length(year, month)
  if month == 2 then return is_leap(year) and 29 or 28 end
  return (month == 4 or month == 6 or month == 9 or month == 11) and 30 or 31
end

local function year_length(year)
  return is_leap(year) and 366 or 365
end

function days.parts(iso)
  local year, month, day = iso:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  return math.tointeger(year), math.tointeger(month), math.tointeger(day)
end

local numbers = {} -- what was walked through once

-- The day number of "2025-09-01". Years before 1970 are not needed and not known.
function days.number(iso)
  if numbers[iso] then return numbers[iso] end
  local year, month, day = days.parts(iso)
  local number = day - 1
  for y = 1970, year - 1 do number = number + year_length(y) end
  for m = 1, month - 1 do number = number + month_length(year, m) end
  numbers[iso] = number
  return number
end

local names = {}

function days.iso(number)
  if names[number] then return names[number] end
  local year, month, left = 1970, 1, number
  while left >= year_length(year) do left, year = left - year_length(year), year + 1 end
  while left >= month_length(year, month) do left, month = left - month_length(year, month), month + 1 end
  names[number] = string.format("%04d-%02d-%02d", year, month, left + 1)
  return names[number]
end

-- 1 is Monday, 7 is Sunday.
function days.weekday(number)
  return (number + 3) % 7 + 1
end

-- The day number of the Monday of a day's week.
function days.monday(number)
  return number - (days.weekday(number) - 1)
end

return days
