-- dates.lua: calendar dates as day numbers.
--
-- A day number counts days since 1 January 1970, which was a Thursday. Dates in
-- files are ISO text, "2025-09-01". Nothing here reads the clock.

local dates = {}

-- Years begin on 1 March in here, so that the leap day comes last.
local function days_from_civil(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local leap_days = year // 4 - year // 100 + year // 400
  return 365 * year + leap_days + (153 * (month - 3) + 2) // 5 + day - 719469
end

function dates.parts(iso)
  local year, month, day = iso:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  if not year then error("not a date: " .. tostring(iso), 2) end
  return math.tointeger(year), math.tointeger(month), math.tointeger(day)
end

function dates.number(iso)
  return days_from_civil(dates.parts(iso))
end

function dates.iso(number)
  local days = number + 719468
  local era = days // 146097
  local of_era = days - era * 146097
  local year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year + year // 4 - year // 100)
  local month = (5 * of_year + 2) // 153
  local day = of_year - (153 * month + 2) // 5 + 1
  if month >= 10 then month, year = month - 9, year + 1 else month = month + 3 end
  return string.format("%04d-%02d-%02d", year + era * 400, month, day)
end

-- 1 is Monday, 7 is Sunday.
function dates.weekday(number)
  return (number + 3) % 7 + 1
end

-- The number of the Monday-to-Sunday week in which a day lies.
function dates.week(number)
  return (number + 3) // 7
end

return dates
