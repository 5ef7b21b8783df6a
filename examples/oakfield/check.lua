-- check.lua: is the school that was made like the schools of England?
--
-- Reads pupils.csv, marks.csv and waymark.lua from a folder and prints each figure
-- beside the national one for primary schools (2025/26; severe absence 2022/23), with
-- the distance allowed. It counts by itself, plainly; Waymark's own figures come from
-- Waymark.

local calendar = require "calendar"
local csv = require "csv"
local dates = require "dates"
local upn = require "upn"

local check = {}

local CLASSES = {
  attended = { "/", "\\", "L", "K", "V", "P", "W", "B" },
  authorised = { "C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T" },
  unauthorised = { "G", "N", "O", "U" },
}

local class_of = {}
for class, codes in pairs(CLASSES) do
  for _, code in ipairs(codes) do class_of[code] = class end
end

-- Reading ---------------------------------------------------------------------------

-- The first day of compulsory school age: the 31 December, 31 March or 31 August on or
-- after the fifth birthday.
local function compulsory_from(dob)
  local year, month, day = dates.parts(dob)
  local on = string.format("%02d-%02d", month, day)
  local edge = on <= "03-31" and "03-31" or on <= "08-31" and "08-31" or "12-31"
  return year + 5 .. "-" .. edge
end

local function read_pupils(folder)
  local pupils = {}
  csv.each(folder .. "/pupils.csv", function(cells)
    local pupil = { upn = cells[1], compulsory_from = compulsory_from(cells[4]), years = {}, weeks = {} }
    pupils[#pupils + 1], pupils[pupil.upn] = pupil, pupil
  end)
  return pupils
end

-- For each school day its year's name, its weekday and the place of its school week.
local function day_table(school)
  local days, week, place = {}, nil, 0
  for _, year in ipairs(school.years) do
    for _, number in ipairs(year.days) do
      if dates.week(number) ~= week then week, place = dates.week(number), place + 1 end
      days[dates.iso(number)] = { year = year.name, weekday = dates.weekday(number), week = place }
    end
  end
  return days
end

-- Counting --------------------------------------------------------------------------

local function new_tally()
  return { codes = {}, possible = 0, absent = 0, unauthorised = 0, friday = { 0, 0 }, other = { 0, 0 } }
end

local function count_for_pupil(pupil, year, class)
  local mine = pupil.years[year] or { possible = 0, absent = 0 }
  pupil.years[year] = mine
  mine.possible = mine.possible + 1
  if class ~= "attended" then mine.absent = mine.absent + 1 end
end

local function count_for_school(tally, day, class)
  local part = day.weekday == 5 and tally.friday or tally.other
  tally.possible, part[2] = tally.possible + 1, part[2] + 1
  if class == "attended" then return end
  tally.absent, part[1] = tally.absent + 1, part[1] + 1
  if class == "unauthorised" then tally.unauthorised = tally.unauthorised + 1 end
end

-- The marks that a threshold counts, by school week.
local function count_for_thresholds(pupil, week, date, code)
  if class_of[code] ~= "unauthorised" or date < pupil.compulsory_from then return end
  local mine = pupil.weeks[week] or { national = 0, essex = 0 }
  pupil.weeks[week] = mine
  mine.national = mine.national + 1
  if code ~= "N" then mine.essex = mine.essex + 1 end
end

local function count_mark(tally, pupil, day, date, code)
  local class = class_of[code]
  tally.last_week = day.week
  if not class then return end
  tally.codes[code] = (tally.codes[code] or 0) + 1
  count_for_pupil(pupil, day.year, class)
  count_for_school(tally, day, class)
  count_for_thresholds(pupil, day.week, date, code)
end

local function count_marks(folder, pupils, days)
  local tally = new_tally()
  csv.each(folder .. "/marks.csv", function(cells)
    local number, date, _, code = table.unpack(cells)
    count_mark(tally, pupils[number], days[date], date, code)
  end)
  return tally
end

local function percent(part, whole)
  return 100 * part / whole
end

-- Of the pupils with sessions in a year: those absent from 1 in `parts` of their own.
local function share_absent(pupils, year, parts)
  local absent, all = 0, 0
  for _, pupil in ipairs(pupils) do
    local mine = pupil.years[year]
    if mine then
      all = all + 1
      if mine.absent * parts >= mine.possible then absent = absent + 1 end
    end
  end
  return percent(absent, all)
end

-- The pupils with ten sessions in the last ten school weeks of the registers.
local function count_met(pupils, rule, last_week)
  local met = 0
  for _, pupil in ipairs(pupils) do
    local sessions = 0
    for week = last_week - 9, last_week do
      sessions = sessions + (pupil.weeks[week] and pupil.weeks[week][rule] or 0)
    end
    if sessions >= 10 then met = met + 1 end
  end
  return met
end

local function count_valid_upns(pupils)
  local valid = 0
  for _, pupil in ipairs(pupils) do
    if upn.is_valid(pupil.upn) then valid = valid + 1 end
  end
  return valid
end

-- Comparing -------------------------------------------------------------------------

-- Each line: what, the figure here, the figure it should be near, how near.
local function rate_lines(tally)
  local function code(name, expected, allowed)
    local count = tally.codes[name] or 0
    return { "  " .. name, percent(count, tally.possible), expected, allowed }
  end
  local friday = tally.friday[1] / tally.friday[2]
  local other = tally.other[1] / tally.other[2]
  return {
    { "absence, % of sessions", percent(tally.absent, tally.possible), 5.28, 0.5 },
    { "  unauthorised", percent(tally.unauthorised, tally.possible), 1.55, 0.5 },
    code("I", 2.79, 0.5), code("O", 0.79, 0.3), code("L", 1.12, 0.3), code("G", 0.54, 0.25),
    code("U", 0.17, 0.1), code("M", 0.27, 0.1), code("C2", 0.17, 0.1), code("N", 0.05, 0.05),
    { "Fridays beside Monday to Thursday", friday / other, 1.2, 0.12 },
  }
end

local function pupil_lines(pupils, years)
  local lines = {}
  for _, year in ipairs(years) do
    lines[#lines + 1] = { "persistently absent " .. year.name .. ", % of pupils",
      share_absent(pupils, year.name, 10), 13.8, 3 }
    lines[#lines + 1] = { "severely absent " .. year.name .. ", % of pupils",
      share_absent(pupils, year.name, 2), 0.75, 0.5 }
  end
  return lines
end

local function count_lines(pupils, years, last_week)
  local lines = {
    { "pupils", #pupils, 420, 0 },
    { "pupil numbers with the right check letter", count_valid_upns(pupils), #pupils, 0 },
    { "pupils at the national threshold now", count_met(pupils, "national", last_week), 10, 8 },
    { "pupils at the Essex threshold now", count_met(pupils, "essex", last_week), 10, 8 },
  }
  for _, year in ipairs(years) do
    lines[#lines + 1] = { "school days in " .. year.name, #year.days, 190, 0 }
  end
  return lines
end

local function all_lines(folder)
  local school, pupils = calendar.read(folder .. "/waymark.lua"), read_pupils(folder)
  local tally = count_marks(folder, pupils, day_table(school))
  local lines = {}
  for _, part in ipairs { rate_lines(tally), pupil_lines(pupils, school.years),
    count_lines(pupils, school.years, tally.last_week) } do
    table.move(part, 1, #part, #lines + 1, lines)
  end
  return lines
end

local function figure(number)
  return math.type(number) == "integer" and tostring(number) or string.format("%.2f", number)
end

local function print_line(what, here, expected, allowed)
  local good = math.abs(here - expected) <= allowed
  print(string.format("%-44s %8s %8s %8s  %s", what, figure(here), figure(expected),
    allowed == 0 and "exactly" or "± " .. figure(allowed), good and "ok" or "OUT"))
  return good
end

-- Prints the comparison; true if every figure is as near as it should be.
function check.print(folder)
  print(string.format("%-44s %8s %8s %8s", "", "here", "expected", "within"))
  local all_good = true
  for _, line in ipairs(all_lines(folder)) do
    all_good = print_line(table.unpack(line)) and all_good
  end
  return all_good
end

return check
