-- reference_profile.lua: trends and weekdays, worked out slowly and plainly from what
-- reference.lua read. It shares no code with the core: every period is counted again from
-- its first session, and fractions are compared by cross-multiplying (schools are small).

local days = require "tests.support.days"
local reference = require "tests.support.reference"

local profile = {}

local NAMES = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }
local BOTH = { authorised = true, unauthorised = true }

-- Counting --------------------------------------------------------------------------

-- Absent and possible among the sessions that `wanted` says, of some registers.
local function count(registers, sessions, absence, wanted)
  local absent, possible = 0, 0
  for place, session in ipairs(sessions) do
    if wanted(session) then
      for _, register in ipairs(registers) do
        local class = reference.class_of(register[place])
        if class then possible = possible + 1 end
        if class and absence[class] then absent = absent + 1 end
      end
    end
  end
  return { absent = absent, possible = possible }
end

-- The registers of everybody else at the school.
local function others_of(files, each)
  local list = {}
  for _, other in ipairs(files.pupils) do
    if other ~= each and other.school == each.school then list[#list + 1] = other.register end
  end
  return list
end

-- How much more is absent here than there: over, under; nothing where nothing was possible.
local function rise(here, there)
  if here.possible == 0 or there.possible == 0 then return 0, 1 end
  return here.absent * there.possible - there.absent * here.possible, here.possible * there.possible
end

local function rounded(over, under)
  local hundredths = (20000 * math.abs(over) + under) // (2 * under)
  return over < 0 and -hundredths or hundredths
end

-- Is the pupil's rise, less what the others share of it, so many points?
local function reaches(own, shared, points)
  local over, under = rise(own[1], own[2])
  local school_over, school_under = rise(shared[1], shared[2])
  if school_over < 0 then school_over, school_under = 0, 1 end
  return 100 * (over * school_under - school_over * under) >= points * under * school_under
end

local function last_week(sessions, as_of)
  local week
  for _, session in ipairs(sessions) do
    if session.date <= as_of then week = session.week end
  end
  return week
end

-- Trend -----------------------------------------------------------------------------

-- The answer as it stood on a day, looking back from a school week.
local function trend_on(files, each, spec, week, as_of)
  local sessions, nobody = each.school.sessions, { absent = 0, possible = 0 }
  local function lately(s) return s.date <= as_of and s.week > week - spec.weeks and s.week <= week end
  local function before(s) return s.week <= week - spec.weeks and s.week > week - spec.weeks - spec.before end
  local own, shared = {}, { nobody, nobody }
  for i, wanted in ipairs { lately, before } do
    own[i] = count({ each.register }, sessions, BOTH, wanted)
    if spec.beside_school ~= false then shared[i] = count(others_of(files, each), sessions, BOTH, wanted) end
  end
  local least = spec.least_possible or 20
  local too_few = own[1].possible < least or own[2].possible < least
  local was = (own[2].possible - own[2].absent) * 100 >= (spec.was_at_least or 0) * own[2].possible
  return { own = own, shared = shared, too_few = too_few,
    met = not too_few and was and reaches(own, shared, spec.points) }
end

-- "true false 10 28 74 76 1234 0 2025-11-10": met, too_few, absent and possible lately, and
-- attended and possible before, the fall, that of the others, and since when ("-": none).
function profile.trend(files, each, spec, as_of)
  local sessions = each.school.sessions
  local week = last_week(sessions, as_of)
  if not week then return "false true 0 0 0 0 0 - -" end
  local now, since = trend_on(files, each, spec, week, as_of), "-"
  local earlier = now
  while earlier.met do
    since = days.iso(days.monday(days.number(sessions[each.school.first_of[week]].date)))
    week = week - 1
    if week == 0 then break end
    earlier = trend_on(files, each, spec, week, sessions[each.school.first_of[week + 1] - 1].date)
  end
  local others = now.shared[1].possible > 0 and now.shared[2].possible > 0
  return ("%s %s %d %d %d %d %d %s %s"):format(now.met, now.too_few, now.own[1].absent, now.own[1].possible,
    now.own[2].possible - now.own[2].absent, now.own[2].possible, rounded(rise(now.own[1], now.own[2])),
    others and rounded(rise(now.shared[1], now.shared[2])) or "-", since)
end

-- Weekday ---------------------------------------------------------------------------

local function weekday_of(session) return days.weekday(days.number(session.date)) end

-- Days on that weekday with an absence.
local function days_away(each, absence, wanted)
  local away, seen = 0, {}
  for place, session in ipairs(each.school.sessions) do
    local class = reference.class_of(each.register[place])
    if wanted(session) and class and absence[class] and not seen[session.date] then
      seen[session.date], away = true, away + 1
    end
  end
  return away
end

local function one_weekday(files, each, spec, weekday, in_period)
  local absence, sessions = spec.absence or BOTH, each.school.sessions
  local function on(s) return in_period(s) and weekday_of(s) == weekday end
  local function off(s) return in_period(s) and weekday_of(s) ~= weekday end
  local own = { count({ each.register }, sessions, absence, on), count({ each.register }, sessions, absence, off) }
  if own[1].possible == 0 or own[2].possible == 0 then return nil end
  local others = others_of(files, each)
  local shared = { count(others, sessions, absence, on), count(others, sessions, absence, off) }
  local away = days_away(each, absence, on)
  local difference, school = rounded(rise(own[1], own[2])), rounded(rise(shared[1], shared[2]))
  return { weekday = NAMES[weekday], own = own, away = away, difference = difference,
    school = shared[1].possible > 0 and shared[2].possible > 0 and school or "-",
    beyond = difference - math.max(school, 0),
    met = away >= (spec.at_least or 3) and reaches(own, shared, spec.points) }
end

-- "true false friday 6 10 1 40 3 5000 120": met, too_few, the weekday, absent and possible on
-- it and on others, days away, the difference, that of the others.
function profile.weekday(files, each, spec, as_of)
  local week, best = last_week(each.school.sessions, as_of), nil
  local function in_period(s) return s.date <= as_of and s.week > week - spec.weeks end
  for weekday = 1, week and 7 or 0 do
    local one = one_weekday(files, each, spec, weekday, in_period)
    local better = one and (not best or (one.met and not best.met)
      or one.met == best.met and one.beyond > best.beyond)
    if better then best = one end
  end
  if not best then return "false true - 0 0 0 0 0 0 -" end
  local here, there = best.own[1], best.own[2]
  local too_few = here.possible + there.possible < (spec.least_possible or 20)
  return ("%s %s %s %d %d %d %d %d %d %s"):format(best.met and not too_few, too_few, best.weekday, here.absent,
    here.possible, there.absent, there.possible, best.away, best.difference, best.school)
end

return profile
