-- week.lua: the last week of Oakfield's registers as they came in day by day.
--
--   lua5.4 examples/oakfield/week.lua FILES OUT
--
-- reads FILES/marks.csv (the registers as they ended up) and writes
--   OUT/before.csv        everything up to Friday 13 March 2026
--   OUT/monday.csv        Monday 16 March: an absence that began that day has no
--                         reason yet (N)
--   OUT/wednesday.csv     Monday to Wednesday: Monday's reasons have been found
--   OUT/inbox/marks.csv   Thursday and Friday
-- It invents nothing: Monday's N are the absences that are explained later.

package.path = (arg[0]:match "^(.*)/[^/]*$" or ".") .. "/?.lua;" .. package.path

local csv = require "csv"

local files, out = arg[1], arg[2]
if not (files and out) then error("usage: lua5.4 examples/oakfield/week.lua FILES OUT", 0) end

local headings = { "upn", "date", "session", "code" }
local explained = { I = true, M = true }

-- Who was already away on the Friday before: their reason is known.
local function away_before(marks)
  local away = {}
  for _, mark in ipairs(marks) do
    if mark.date == "2026-03-13" and explained[mark.code] then away[mark.upn] = true end
  end
  return away
end

local function read()
  local marks = {}
  csv.each(files .. "/marks.csv", function(cells)
    marks[#marks + 1] = { upn = cells[1], date = cells[2], session = cells[3], code = cells[4] }
  end)
  return marks
end

local function between(marks, first, last)
  local chosen = {}
  for _, mark in ipairs(marks) do
    if mark.date >= first and mark.date <= last then chosen[#chosen + 1] = mark end
  end
  return chosen
end

local function without_reasons(marks, away)
  local list = {}
  for i, mark in ipairs(marks) do
    local unknown = explained[mark.code] and not away[mark.upn]
    list[i] = { upn = mark.upn, date = mark.date, session = mark.session, code = unknown and "N" or mark.code }
  end
  return list
end

local marks = read()
local monday = between(marks, "2026-03-16", "2026-03-16")
csv.write(out .. "/before.csv", headings, between(marks, "2024-09-01", "2026-03-13"))
csv.write(out .. "/monday.csv", headings, without_reasons(monday, away_before(marks)))
csv.write(out .. "/wednesday.csv", headings, between(marks, "2026-03-16", "2026-03-18"))
csv.write(out .. "/inbox/marks.csv", headings, between(marks, "2026-03-19", "2026-03-20"))
