-- calendar.lua: the school days of waymark.lua.
--
-- Reads the settings file itself, so that a date is written down in one place. Knows
-- the words of that file and what a year block means; everything that is not about
-- the calendar (staff, use) is read and passed over.

local dates = require "dates"

local calendar = {}

local function block(kind)
  return function(entry)
    entry.kind = kind
    return entry
  end
end

local function pass_over() return pass_over end

-- The words of a settings file; what they say about years is added to `found`.
local function words(found)
  return {
    school = function(entry) found.school = entry end,
    year = function(name)
      return function(entries)
        found.years[#found.years + 1] = { name = name, entries = entries }
      end
    end,
    term = block "term", inset = block "inset", closed = block "closed",
    staff = pass_over, use = function() return pass_over end,
    school_weeks = pass_over, school_days = pass_over,
  }
end

-- Monday to Friday from the first to the last date, both included.
local function set_weekdays(open, first, last, value)
  for day = dates.number(first), dates.number(last) do
    if dates.weekday(day) <= 5 then open[day] = value end
  end
end

local apply = {
  term = function(open, entry)
    set_weekdays(open, entry[1], entry[2], true)
    if entry.half_term then set_weekdays(open, entry.half_term[1], entry.half_term[2], nil) end
  end,
  inset = function(open, entry)
    for _, date in ipairs(entry) do open[dates.number(date)] = nil end
  end,
  closed = function(open, entry)
    for _, date in ipairs(entry) do open[dates.number(date)] = nil end
  end,
}

-- Terms first, so that a training day counts wherever in the block it is written.
local function open_days(entries)
  local open, days = {}, {}
  for _, entry in ipairs(entries) do
    if entry.kind == "term" then apply.term(open, entry) end
  end
  for _, entry in ipairs(entries) do
    if entry.kind ~= "term" then apply[entry.kind](open, entry) end
  end
  for day in pairs(open) do days[#days + 1] = day end
  table.sort(days)
  return days
end

-- { school = {...}, years = { { name = "2025-26", days = { day numbers } }, ... } }
function calendar.read(path)
  local found = { years = {} }
  local chunk, message = loadfile(path, "t", words(found))
  if not chunk then error(message, 0) end
  chunk()
  for _, year in ipairs(found.years) do year.days = open_days(year.entries) end
  return found
end

return calendar
