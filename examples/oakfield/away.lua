-- away.lua: the reasons for which pupils are not in school.
--
-- Each function is a layer of registers.lua: it gets one pupil's register, the pupil,
-- the school's days and a stream of chance, and writes codes over marks of presence.
-- Rates are the national ones for primary schools in 2025/26 where they are published;
-- how they fall over weekdays, seasons and breaks is set by the tables here.

local random = require "random"

local away = {}

-- Illness ---------------------------------------------------------------------------

-- Days in a hundred on which a pupil with an illness of 1 falls ill; see habits.lua.
local FALLS_ILL = 0.92

local ILLNESS_BY_MONTH = { 1.2, 1.1, 1.0, 0.9, 0.85, 0.8, 0.75, 0.8, 0.85, 0.95, 1.15, 1.35 }

-- Who falls ill at the weekend is away from Monday, and many give in on a Friday.
local ILLNESS_BY_WEEKDAY = { 1.4, 0.8, 0.8, 0.8, 1.5 }

-- In days of the calendar: weekends heal too.
local ILLNESS_LENGTHS = {
  { days = 1, weight = 36 }, { days = 2, weight = 27 }, { days = 3, weight = 16 },
  { days = 4, weight = 9 }, { days = 5, weight = 5 }, { days = 8, weight = 4 },
  { days = 11, weight = 2 },
}

-- Holidays --------------------------------------------------------------------------

local HOLIDAY_IN_A_YEAR = 0.40          -- of families
local HOLIDAY_BY_A_BREAK = 0.85          -- of holidays in term time
local HOLIDAY_LENGTHS = {                -- in school days
  { days = 1, weight = 16 }, { days = 2, weight = 24 }, { days = 3, weight = 31 },
  { days = 4, weight = 21 }, { days = 5, weight = 5 }, { days = 8, weight = 1 },
}
local BREAK = 9                          -- days of the calendar between two school days

-- Other reasons ---------------------------------------------------------------------

local UNEXPLAINED_LENGTHS = {            -- in sessions
  { sessions = 1, weight = 25 }, { sessions = 2, weight = 55 }, { sessions = 4, weight = 15 },
  { sessions = 6, weight = 5 },
}
local UNEXPLAINED_MEAN = 2.25
local UNEXPLAINED_BY_WEEKDAY = { 1.05, 0.9, 0.9, 0.95, 1.2 }
local MOODS = { 0.4, 0.9, 1.7 }        -- a hard half term, an easier one
local MOOD_DAYS = 32

local LEAVE_IN_A_YEAR = 0.34             -- of families: funerals, weddings
local APPOINTMENTS = 0.56                -- sessions in a hundred days

local FESTIVALS = {
  eid = { ["2025-03-31"] = true, ["2025-06-06"] = true, ["2026-03-20"] = true },
  diwali = { ["2025-10-20"] = true },
}

-- Writing ---------------------------------------------------------------------------

-- Writes one session, if the pupil is marked present in it.
function away.give(register, session, code)
  local was = register[session]
  if was == "/" or was == "\\" then register[session] = code end
end

local function sessions(register, first, last, code)
  for session = first, last do away.give(register, session, code) end
end

-- Whole school days, from the first to the last.
function away.days(register, first, last, code)
  sessions(register, 2 * first - 1, 2 * last, code)
end

-- Layers ----------------------------------------------------------------------------

-- The last school day of an illness that begins on day d.
local function last_day_of(school, d, calendar_days)
  local well_again = school.days[d].number + calendar_days
  while school.days[d + 1] and school.days[d + 1].number < well_again do d = d + 1 end
  return d
end

-- One in eight falls ill during the morning; one in eight is back for an afternoon.
local function ill(register, first, last, chance)
  local from, to = 2 * first - 1, 2 * last
  if chance:chance(0.12) then from = from + 1 end
  if last > first and chance:chance(0.12) then to = to - 1 end
  sessions(register, from, to, "I")
end

function away.illness(register, pupil, school, chance)
  local d = 1
  while d <= #school.days do
    local day = school.days[d]
    local likely = ILLNESS_BY_MONTH[day.month] * ILLNESS_BY_WEEKDAY[day.weekday]
    if chance:chance(FALLS_ILL / 100 * pupil.habit.illness * likely) then
      local last = last_day_of(school, d, chance:weighted(ILLNESS_LENGTHS).days)
      ill(register, d, last, chance)
      d = last
    end
    d = d + 1
  end
end

-- No reason, or none that the school could accept: in bouts, worse in some half terms.
function away.unexplained(register, pupil, school, chance)
  local rate, mood = pupil.habit.unexplained / 100 * 2 / UNEXPLAINED_MEAN, 1
  for d, day in ipairs(school.days) do
    if d % MOOD_DAYS == 1 then mood = chance:one_of(MOODS) end
    if chance:chance(rate * mood * UNEXPLAINED_BY_WEEKDAY[day.weekday]) then
      local first = 2 * d - 1
      sessions(register, first, first + chance:weighted(UNEXPLAINED_LENGTHS).sessions - 1, "O")
    end
  end
end

-- Long spells away, first as illness, at times with no reason that holds.
function away.avoidance(register, pupil, school, chance)
  local rate, code = pupil.habit.away / 100, "I"
  if rate == 0 then return end
  for d = 1, #school.days do
    if d % 12 == 1 then code = chance:chance(0.34) and "O" or "I" end
    if chance:chance(rate) then away.days(register, d, d, code) end
  end
end

-- Breaks: school days after which there is none for more than a week. The end of a year
-- counts as the break that it is.
local function breaks_of(school, year)
  local breaks = { year.first - 1, year.last }
  for d = year.first, year.last - 1 do
    if school.days[d + 1].number - school.days[d].number >= BREAK then breaks[#breaks + 1] = d end
  end
  return breaks
end

-- The first day of a holiday that leads up to a break, follows it, or is far from one.
local function holiday_start(school, year, length, chance)
  if not chance:chance(HOLIDAY_BY_A_BREAK) then return chance:whole(year.first, year.last) end
  local before = chance:one_of(breaks_of(school, year))
  if before < year.first or (before < year.last and chance:chance(0.4)) then return before + 1 end
  return before - length + 1
end

-- The whole family goes: its children share one stream.
function away.holidays(register, pupil, school)
  local chance = random.stream(school.seed, "holidays " .. pupil.family.number)
  for _, year in ipairs(school.years) do
    if chance:chance(HOLIDAY_IN_A_YEAR) then
      local length = chance:weighted(HOLIDAY_LENGTHS).days
      local first = holiday_start(school, year, length, chance)
      away.days(register, first, math.min(first + length - 1, year.last), "G")
    end
  end
end

-- Leave in exceptional circumstances, for the whole family too.
function away.leave(register, pupil, school)
  local chance = random.stream(school.seed, "leave " .. pupil.family.number)
  for _, year in ipairs(school.years) do
    if chance:chance(LEAVE_IN_A_YEAR) then
      local first = chance:whole(year.first, year.last - 3)
      away.days(register, first, first + chance:whole(0, 2), "C")
    end
  end
end

-- One family in a hundred follows a parent's work for some weeks.
function away.travelling(register, pupil, school)
  local chance = random.stream(school.seed, "travelling " .. pupil.family.number)
  if not chance:chance(0.01) then return end
  local first = chance:whole(1, #school.days - 20)
  away.days(register, first, first + chance:whole(8, 20), "T")
end

function away.suspension(register, pupil, school, chance)
  if pupil.habit.name ~= "unsettled" then return end
  for _, year in ipairs(school.years) do
    if chance:chance(0.6) then
      local first = chance:whole(year.first, year.last - 2)
      away.days(register, first, first + chance:whole(0, 2), "E")
    end
  end
end

-- Afternoons at home for half a term, agreed with the parents, for those who struggle.
function away.part_time_timetable(register, pupil, school, chance)
  local struggles = pupil.habit.name == "avoiding" or pupil.habit.name == "unsettled"
  if not struggles or not chance:chance(0.9) then return end
  local first = chance:whole(20, school.last_day - 56)
  for d = first, first + 55 do away.give(register, 2 * d, "C2") end
end

function away.festivals(register, pupil, school)
  local on = FESTIVALS[pupil.family.keeps_festival]
  if not on then return end
  for d, day in ipairs(school.days) do
    if on[day.iso] then away.days(register, d, d, "R") end
  end
end

function away.appointments(register, _, school, chance)
  for d = 1, #school.days do
    if chance:chance(APPOINTMENTS / 100) then
      away.give(register, 2 * d - chance:whole(0, 1), "M")
    end
  end
end

return away
