-- signs: the early signs, each an option that can be turned off (0). They are for pupils
-- of whom nobody would think yet, so each is quiet where it would speak of everybody:
-- a fall is measured beside the school's own, a weekday against the school's weekdays,
-- and nothing is raised for a family that was spoken to in the last weeks.

local england = require "england"
local support = require "england.support"

local signs = {}

-- Absence that adds up, of whatever kind.
signs.recent_absence = count {
  name = "recent-absence",
  edition = england.editions.setting,
  classes = { "authorised", "unauthorised" },
  at_least = config.check_in_absences,
  weeks = config.check_in_weeks,
}

-- A pupil who was fine, and is not any more.
local first_dip = config.dip_points > 0 and trend {
  name = "first-dip",
  edition = england.editions.setting,
  weeks = 3,
  before = 9,
  points = config.dip_points,
  was_at_least = config.dip_from,
  least_possible = 20,
  beside_school = true,
}

-- Attendance that falls, whatever it was.
local decline = config.decline_points > 0 and trend {
  name = "decline",
  edition = england.editions.setting,
  weeks = 4,
  before = 9,
  points = config.decline_points,
  least_possible = 20,
  beside_school = true,
}

-- Absence in one piece, an illness say, is no dip and no decline: it takes two.
local in_one = {}
for name, rule in pairs { dip = first_dip, decline = decline } do
  in_one[name] = rule and longest {
    name = name .. "-in-one",
    edition = england.editions.setting,
    classes = { "authorised", "unauthorised" },
    weeks = rule.weeks,
  }
end

-- One weekday again and again: a lesson, a journey, a morning after.
local pattern = config.weekday_points > 0 and weekday {
  name = "weekday-pattern",
  edition = england.editions.setting,
  classes = { "authorised", "unauthorised" },
  weeks = 12,
  points = config.weekday_points,
  at_least = 4,
  least_possible = 60,
}

local part_time = config.weekday_points > 0 and count { name = "weekday-part-time", codes = { "C2" },
  edition = england.editions.setting }

local late = config.late_sessions > 0 and count {
  name = "lateness",
  edition = england.editions.setting,
  codes = "LU",
  at_least = config.late_sessions,
  weeks = config.late_weeks,
}

-- A long absence, and being back.
local away_long = config.return_sessions > 0 and longest {
  name = "long-absence",
  edition = england.editions.setting,
  classes = { "authorised", "unauthorised" },
  at_least = config.return_sessions,
  weeks = 12,
}
local back_now = streak { name = "back", classes = { "present", "educational" }, edition = england.editions.setting }

-- An absence that nobody agreed to beforehand: no leave, no timetable, no exclusion.
local worrying = "IMNO"
signs.away_now = streak { name = "callback-away", codes = worrying, edition = england.editions.setting }
local away_for_days = config.callback_days > 0
  and streak { name = "callback-days", codes = worrying, at_least = 2 * config.callback_days,
  edition = england.editions.setting }

-- Those that are turned on: without one of these, nothing is said of a pupil.
local function turned_on(...)
  local rules = {}
  for _, rule in ipairs { ... } do
    if rule then rules[#rules + 1] = rule end
  end
  return rules
end

signs.of_check_in = turned_on(signs.recent_absence, first_dip, pattern, away_long)
function signs.of_concern(unauthorised) return turned_on(unauthorised, late, decline) end

local welcome_days = 5 -- school days after which a welcome comes too late

-- Whether people have looked at the pupil after a day: spoke with somebody, or put it off.
local function looked_at(case, since)
  local entries = case:entries()
  for i = #entries, 1, -1 do
    local entry = entries[i]
    local is_answer = entry.kind == "recorded" and not entry.attempt or entry.kind == "put-off"
      or entry.kind == "bypassed"
    if is_answer and entry.on > since then return true end
  end
  return false
end

local function raised(evidence, words, pupil, case)
  if evidence.met and not looked_at(case, date.add(pupil.as_of, -7 * config.quiet_weeks)) then
    return evidence:because(words)
  end
end

-- Away now, and nobody has spoken with the family since it began: for some days in a row, or at
-- once where support is in place.
function signs.away(pupil, case)
  local run = pupil:streak(signs.away_now)
  if not run.met or looked_at(case, date.add(run.first:sub(1, 10), -1)) then return nil end
  local long = away_for_days and pupil:streak(away_for_days)
  if long and long.met then return long:because "away for days in a row: is there anything else going on?" end
  if #support.in_place(case) > 0 then return run:because "away while support is in place: what was in the way?" end
end

function signs.first_dip(pupil, case)
  if not first_dip then return nil end
  local dip = pupil:trend(first_dip)
  if not dip.met or pupil:longest(in_one.dip).count >= dip.count then return nil end
  return raised(dip, "was hardly ever away, and now is: is anything new?", pupil, case)
end

function signs.decline(pupil, case)
  if not decline then return nil end
  local fall = pupil:trend(decline)
  if not fall.met or pupil:longest(in_one.decline).count >= fall.count then return nil end
  return raised(fall, "attendance has fallen against the weeks before", pupil, case)
end

-- Whether a weekday stands out without the half days of a part-time timetable (C2), which were
-- agreed: they are no absence of that weekday, and none of the others.
local function stands_out(pupil, day)
  local agreed, days, last = 0, 0, nil
  for _, session in ipairs(day:sessions()) do
    if session.code == "C2" then
      agreed = agreed + 1
    elseif session.date ~= last then
      days, last = days + 1, session.date
    end
  end
  if agreed == 0 then return true end
  local of_others = pupil:count(part_time, day.from, day.to).count - agreed
  local possible, others = day.possible - agreed, day.others_possible - of_others
  if days < day.at_least or others <= 0 then return false end
  local difference = (day.absent - agreed) / possible - (day.others_absent - of_others) / others
  return 10000 * difference - math.max(day.school_difference or 0, 0) >= 100 * day.points
end

function signs.weekday(pupil, case)
  if not pattern then return nil end
  local day = pupil:weekday(pattern)
  if not day.met or not stands_out(pupil, day) then return nil end
  return raised(day, "away on one weekday more than on others: what is it about that day?", pupil, case)
end

function signs.late(pupil, case)
  if not late then return nil end
  return raised(pupil:count(late), "often late: what do mornings look like?", pupil, case)
end

-- The long absence that has just ended, or nil.
local function ended_run(pupil)
  local run = away_long and pupil:longest(away_long)
  if not run or not run.met or run.last:sub(1, 10) == pupil.as_of then return nil end
  local since = pupil.calendar:days_between(date.add(run.last:sub(1, 10), 1), pupil.as_of)
  return since <= welcome_days and run or nil
end

-- Back after a long absence. While nobody has looked at the absence itself, it is the same
-- concern in other words; else a new one, which begins with the return.
function signs.returned(pupil, case, recent)
  local run = ended_run(pupil)
  if not run or looked_at(case, run.last:sub(1, 10)) then return nil end
  local back, words = pupil:streak(back_now), "a welcome back after a long absence"
  if not back.met then return nil end
  if recent.met and not looked_at(case, date.add(recent.since:sub(1, 10), -1)) then
    return recent:because(words, back, run)
  end
  return back:because(words, run)
end

return signs
