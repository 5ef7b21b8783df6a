-- registers.lua: two years of marks for every pupil.
--
-- A register is a list of codes, two for each school day: session 2d-1 is the morning of
-- the d-th day, 2d its afternoon; false where the pupil was not on roll. It begins with
-- everybody present. Each layer below then writes over marks of presence, never over
-- what an earlier layer wrote, so the order of `layers` says which reason wins.
--
-- Whole years are made, and what lies after the last day is not written: a later last day
-- gives the same marks and more, except for reasons not yet known.

local away = require "away"
local dates = require "dates"
local random = require "random"

local registers = {}

local SNOW_MORNING = "2026-01-06"
local RECEPTION_MORNINGS_ONLY = 10       -- school days in September

-- Nearly all absences have a reason within a week. The share of absences whose reason
-- is still unknown after 0 to 4 school days; afterwards, of single days,
-- REASON_NEVER_FOUND.
local REASON_UNKNOWN = { 0.45, 0.28, 0.16, 0.10, 0.05 }
local REASON_NEVER_FOUND = 0.03

local give = away.give

-- Pupils not yet five years old begin with mornings.
local function part_time_reception(register, pupil, school)
  for _, year in ipairs(school.years) do
    if year.cohort == pupil.cohort then
      for d = year.first, year.first + RECEPTION_MORNINGS_ONLY - 1 do give(register, 2 * d, "X") end
    end
  end
end

local function snow(register, _, school)
  for d, day in ipairs(school.days) do
    if day.iso == SNOW_MORNING then give(register, 2 * d - 1, "Y4") end
  end
end

-- Two days out with the form in each year; everybody who is in school goes.
local function trips(register, pupil, school)
  for _, year in ipairs(school.years) do
    local form = year.cohort - pupil.cohort .. pupil.form:sub(-1)
    local chance = random.stream(school.seed, "trips " .. year.name .. " " .. form)
    for _ = 1, 2 do
      local d = chance:whole(year.first + 15, year.last - 5)
      away.days(register, d, d, "V")
    end
  end
end

-- Sports afternoons for some of the two oldest year groups.
local function matches(register, pupil, school, chance)
  for _, year in ipairs(school.years) do
    if year.cohort - pupil.cohort >= 5 and chance:chance(0.3) then
      for _ = 1, 3 do give(register, 2 * chance:whole(year.first, year.last), "P") end
    end
  end
end

-- A morning a week on a farm for two unsettled pupils.
local function elsewhere_on_thursdays(register, pupil, school, chance)
  if pupil.habit.name ~= "unsettled" or not chance:chance(0.2) then return end
  for d, day in ipairs(school.days) do
    if day.weekday == 4 and day.month >= 2 and day.month <= 5 then give(register, 2 * d - 1, "B") end
  end
end

local function lateness(register, pupil, school, chance)
  for d = 1, #school.days do
    if chance:chance(pupil.habit.very_late / 100) then give(register, 2 * d - 1, "U") end
    if chance:chance(pupil.late / 100) then give(register, 2 * d - 1, "L") end
    if chance:chance(0.001) then give(register, 2 * d, "L") end
  end
end

local function day_of(session)
  return (session + 1) // 2
end

-- The last of the sessions from `first` on that bear the same code.
local function end_of_run(register, first)
  local last = first
  while register[last + 1] == register[first] do last = last + 1 end
  return last
end

-- Whether the reason for the absence from `first` to `last` is still not known.
local function is_unknown(first, last, school, chance)
  local days_since = math.max(0, school.last_day - day_of(last))
  local still_unknown = REASON_UNKNOWN[days_since + 1]
  if still_unknown then return chance:chance(still_unknown) end
  return last - first < 2 and chance:chance(REASON_NEVER_FOUND)
end

-- Absences that nobody has explained yet are N: those of the last days, and a few single
-- days of old. The older part of a run that still goes on has been explained.
local function unknown_reasons(register, _, school, chance)
  local recent = 2 * (school.last_day - #REASON_UNKNOWN) + 1
  local first = 1
  while first <= 2 * school.last_day do
    local code, last = register[first], end_of_run(register, first)
    if (code == "I" or code == "O") and is_unknown(first, last, school, chance) then
      local from = last >= recent and math.max(first, recent) or first
      for session = from, last do register[session] = "N" end
    end
    first = last + 1
  end
end

local layers = {
  { "part-time reception", part_time_reception },
  { "snow", snow },
  { "travelling", away.travelling },
  { "suspension", away.suspension },
  { "holidays", away.holidays },
  { "avoidance", away.avoidance },
  { "part-time timetable", away.part_time_timetable },
  { "illness", away.illness },
  { "unexplained", away.unexplained },
  { "leave", away.leave },
  { "festivals", away.festivals },
  { "appointments", away.appointments },
  { "trips", trips },
  { "matches", matches },
  { "elsewhere", elsewhere_on_thursdays },
  { "lateness", lateness },
  { "unknown reasons", unknown_reasons },
}

-- The school's days in one list, with what the layers ask about them.
local function school_days(calendar, seed, last_date)
  local school = { seed = seed, days = {}, years = {}, last_day = 0 }
  for _, year in ipairs(calendar.years) do
    local first = #school.days + 1
    for _, number in ipairs(year.days) do
      local iso = dates.iso(number)
      local _, month = dates.parts(iso)
      school.days[#school.days + 1] =
        { number = number, iso = iso, month = month, weekday = dates.weekday(number) }
      if iso <= last_date then school.last_day = #school.days end
    end
    school.years[#school.years + 1] =
      { name = year.name, cohort = tonumber(year.name:sub(1, 4)), first = first, last = #school.days }
  end
  return school
end

local function everybody_present(pupil, school)
  local register = {}
  for d, day in ipairs(school.days) do
    local on_roll = day.iso >= pupil.joined and (not pupil.left or day.iso <= pupil.left)
    register[2 * d - 1] = on_roll and "/"
    register[2 * d] = on_roll and "\\"
  end
  return register
end

local function register_of(pupil, school)
  local register = everybody_present(pupil, school)
  for _, layer in ipairs(layers) do
    local chance = random.stream(school.seed, layer[1] .. " " .. pupil.upn)
    layer[2](register, pupil, school, chance)
  end
  return register
end

local function write_session(file, pupil, date, session, code)
  if code then file:write(pupil.upn, ",", date, ",", session, ",", code, "\n") end
end

-- Writes marks.csv: in the order of dates, then of the register, morning first.
function registers.write(path, pupils, calendar, seed, last_date)
  local school, made = school_days(calendar, seed, last_date), {}
  for i, pupil in ipairs(pupils) do made[i] = register_of(pupil, school) end
  local file = assert(io.open(path, "wb"))
  file:write "upn,date,session,code\n"
  for d = 1, school.last_day do
    local date = school.days[d].iso
    for i, pupil in ipairs(pupils) do
      write_session(file, pupil, date, "AM", made[i][2 * d - 1])
      write_session(file, pupil, date, "PM", made[i][2 * d])
    end
  end
  file:close()
end

return registers
