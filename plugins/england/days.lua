-- days: working days in England, and when something posted is deemed to be served.
--
-- A working day is a Monday to Friday that is no bank holiday of England (Banking and
-- Financial Dealings Act 1971; Good Friday and Christmas Day with them). A notice that is
-- posted is deemed to be served on the second working day after posting ("Working
-- together to improve school attendance", penalty notices).
--
-- The list of bank holidays is dated. Outside it nothing is guessed: nil, and what to do.
-- The options bank_holidays and bank_holidays_to carry it on.
--
--   days.of_option(text, name)       a day that a school wrote into an option; raises where it is none
--   days.bank_holidays               those that are known, a list
--   days.is_working(day)             boolean | nil, message
--   days.working_days_after(day, n)  the n-th working day after a day | nil, message
--   days.served(posted_on)           | nil, message
--   days.years_after(day, n)         the same day n years on; of 29 February, 1 March

local days = {}

local posted_to_served = 2 -- working days

local from, to = "2024-01-01", config.bank_holidays_to

local dates = {
  "2024-01-01", "2024-03-29", "2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25", "2024-12-26",
  "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26",
  "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
  "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
}

local is_bank_holiday = {}
for _, day in ipairs(dates) do is_bank_holiday[day] = true end

function days.of_option(text, name)
  local day, message = date.parse(text)
  if not day then error(("england: %s: %s"):format(name, message), 0) end
  return day
end
for _, day in ipairs(config.bank_holidays) do
  dates[#dates + 1] = days.of_option(day, "bank_holidays")
  is_bank_holiday[day] = true
end
to = days.of_option(to, "bank_holidays_to")

days.bank_holidays = dates

function days.is_working(day)
  if date.weekday(day) > 5 then return false end
  if day < from or day > to then
    return nil, ("bank holidays are known from %s to %s only, so %s may be one: give the date itself, or the options "
      .. "bank_holidays and bank_holidays_to of england"):format(date.english(from), date.english(to),
      date.english(day))
  end
  return not is_bank_holiday[day]
end

function days.working_days_after(day, n)
  while n > 0 do
    day = date.add(day, 1)
    local working, message = days.is_working(day)
    if working == nil then return nil, message end
    if working then n = n - 1 end
  end
  return day
end

function days.served(posted_on) return days.working_days_after(posted_on, posted_to_served) end

function days.years_after(day, n)
  local year, rest = math.tointeger(tonumber(day:sub(1, 4))) + n, day:sub(5)
  return date.parse(("%04d%s"):format(year, rest)) or ("%04d-03-01"):format(year)
end

return days
