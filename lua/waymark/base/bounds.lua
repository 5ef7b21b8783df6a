-- base/bounds: what may come in by a command, a list, a history, the settings and a plugin: days
-- near those at which children are at school, and no more text than somebody writes by hand.
--
--   bounds.day_fault(day, today)      nil, or one sentence; without `today`, of a day that is only looked
--                                     at, and of the settings, which are read with the clock as it may be
--   bounds.entry_fault(held, today)   the same of all texts and days in what an entry holds

local core = require "waymark.core"

local bounds = {}

local years_back, years_ahead = 25, 10
local first_year, last_year = 1990, 2099
local most_text = 50000 -- bytes of an entry

function bounds.day_fault(day, today)
  local year, this = tonumber(day:sub(1, 4)), today and tonumber(today:sub(1, 4))
  local first, last = this and this - years_back or first_year, this and this + years_ahead or last_year
  if year >= first and year <= last then return nil end
  return ("%s is not a day from %d to %d; is the year right?"):format(day, first, last)
end

-- -> bytes | nil, fault. The evidence is the host's own.
local function weigh(value, today)
  if type(value) == "string" then
    local fault = core.date.parse(value) == value and bounds.day_fault(value, today)
    if fault then return nil, fault end
    return #value
  end
  local bytes = 0
  for key, each in next, type(value) == "table" and value or {} do
    if key ~= "evidence" then
      local more, fault = weigh(each, today)
      if not more then return nil, fault end
      bytes = bytes + more
    end
  end
  return bytes
end

function bounds.entry_fault(held, today)
  local bytes, fault = weigh(held, today)
  if fault or bytes <= most_text then return fault end
  return ("it has over %d bytes of text, which is more than an entry holds; attach the rest as a file"):format(
    most_text)
end

return bounds
