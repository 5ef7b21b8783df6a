-- evidence: what a rule's answer says in words, and how a step uses it. Joins
-- the methods of evidence; the figures themselves come from C.
--
--   evidence:because(words, …)  a reason to suggest, or nil when the rule is not
--                               met; further evidence may follow the words
--   evidence:why_not()          nil when met, else what is missing
--   evidence:describe()         one line for people; tostring() gives the same
--
-- A reason is { words =, evidence = { … } }: what a step's `suggest` returns.

local core = require "core"
local check = require "check"

local methods = core.evidence_methods

local made = setmetatable({}, { __mode = "k" }) -- every reason

local reasons = {}

function reasons.is_reason(value) return made[value] ~= nil end

function reasons.new(words, evidence, concern)
  local reason = { words = words, evidence = evidence, concern = concern }
  made[reason] = true
  return reason
end

local function plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end
reasons.plural = plural

-- 9125 -> "91.25 %"
function reasons.percent(hundredths)
  return ("%d.%02d %%"):format(hundredths // 100, hundredths % 100)
end

local function half_days(n) return plural(n, "half day") end
reasons.half_days = half_days

-- "Tuesday 4 November 2025, morning" in short, as people say a session.
function reasons.session_words(date, session)
  return ("%s, %s"):format(core.date.short(date), session == "AM" and "morning" or "afternoon")
end

local function list_sessions(sessions, most)
  local words = {}
  for i = 1, math.min(#sessions, most) do
    words[i] = ("%s on %s"):format(sessions[i].code, reasons.session_words(sessions[i].date, sessions[i].session))
  end
  if #sessions > most then words[#words + 1] = ("%d more"):format(#sessions - most) end
  return table.concat(words, "; ")
end

-- "81.0 %", half up, by whole numbers only; of school pages, where hundredths say too much.
local function share_words(part, whole)
  local tenths = (2000 * part + whole) // (2 * whole)
  return ("%d.%d %%"):format(tenths // 10, tenths % 10)
end

-- Hundredths of a point as "16.2 points", half away from nought.
local function points_words(hundredths)
  local tenths = (math.abs(hundredths) + 5) // 10
  return ("%d.%d points"):format(tenths // 10, tenths % 10)
end

local function moved(hundredths, fell, rose, by)
  if hundredths == 0 then return "stayed the same" end
  return (hundredths > 0 and fell or rose) .. by .. points_words(hundredths)
end

local function school_weeks(n) return n == 1 and "school week" or ("%d school weeks"):format(n) end

local function in_weeks(e) return e.weeks > 0 and " in " .. plural(e.weeks, "school week") or "" end

local describe = {}

function describe.rate(e)
  if not e.hundredths then return "not available: no possible half days" end
  return ("%s (%d of %s)"):format(reasons.percent(e.hundredths), e.attended, half_days(e.possible))
end

-- "9 of 10 half days in 10 school weeks", "14 half days in 10 school weeks (the threshold is 10)"
function describe.rolling(e)
  if e.count > e.of then return ("%s%s (the threshold is %d)"):format(half_days(e.count), in_weeks(e), e.of) end
  return ("%d of %s%s"):format(e.count, half_days(e.of), in_weeks(e))
end

-- What a rule counts by half days, or by school days.
local function units(e, n) return e.unit == "days" and plural(n, "school day") or half_days(n) end

function describe.count(e) return units(e, e.count) .. in_weeks(e) end
function describe.streak(e) return e.count == 0 and "none" or units(e, e.count) .. " in a row" end
function describe.missing(e) return half_days(e.count) .. " without a mark" end
describe.longest = describe.streak

-- "attendance fell from 97.2 % to 81.0 % in the last 3 school weeks (in the rest
-- of the school it fell by 1.1 points)"
function describe.trend(e)
  if e.possible == 0 then return "not available: no possible half days in the last " .. school_weeks(e.weeks) end
  if e.possible_before == 0 then
    return ("not available: no possible half days in the %s before"):format(school_weeks(e.before))
  end
  local now, before = share_words(e.attended, e.possible), share_words(e.attended_before, e.possible_before)
  local words = now == before and ("attendance stayed at %s"):format(now)
    or ("attendance %s from %s to %s"):format(e.fall > 0 and "fell" or "rose", before, now)
  local school = e.school_fall and (" (in the rest of the school it %s)"):format(
    moved(e.school_fall, "fell", "rose", " by ")) or ""
  return ("%s in the last %s%s"):format(words, school_weeks(e.weeks), school)
end

local function weekday_name(e) return e.weekday:sub(1, 1):upper() .. e.weekday:sub(2) end

-- "away on 6 of 10 Fridays: for 12 of 20 half days, on other days for 4 of 80 (the rest of
-- the school: 9.1 %, on other days 7.6 %)"
function describe.weekday(e)
  if not e.weekday then return "not available: no possible half days to compare" end
  local school = e.school_difference and (" (the rest of the school: %s, on other days %s)"):format(
    share_words(e.school_absent, e.school_possible), share_words(e.school_others_absent, e.school_others_possible))
  return ("away on %d of %s: for %d of %s, on other days for %d of %d%s"):format(e.days,
    plural(e.of_days, weekday_name(e)), e.absent, half_days(e.possible), e.others_absent, e.others_possible,
    school or "")
end

function methods.describe(e)
  if type(e) ~= "userdata" then check.arguments("evidence:describe", e) end
  return describe[e.kind](e)
end

-- What would change the answer: the marks that would count if they were so
-- decided, when they would be enough.
function reasons.unresolved_words(e)
  local sessions = e:unresolved()
  if #sessions == 0 then return nil end
  local enough = e.count + #sessions >= e.of and ("would make it %d"):format(e.count + #sessions)
    or "would count too, and not be enough"
  return ("not yet resolved: %s: decided so, %s %s"):format(list_sessions(sessions, 4),
    #sessions == 1 and "it" or "they", enough)
end

local why_not = {}

function why_not.rate(e)
  if not e.hundredths then return describe.rate(e) end
  if e.too_few then return ("too few half days to say: %d possible"):format(e.possible) end
  return "attendance is " .. describe.rate(e)
end

local function count_words(e) return ("%d of %s%s"):format(e.count, half_days(e.of), in_weeks(e)) end
local function unit_words(e) return ("%d of %s%s"):format(e.count, units(e, e.of), in_weeks(e)) end
why_not.count, why_not.streak, why_not.longest, why_not.missing = unit_words, unit_words, unit_words, count_words

function why_not.rolling(e)
  local unresolved = reasons.unresolved_words(e)
  return unresolved and ("%s; %s"):format(count_words(e), unresolved) or count_words(e)
end

-- Of fewer possible half days than the rule asks for.
local function too_few(e)
  if e.kind == "weekday" then
    return ("too few half days to say: %d possible in the last %s"):format(e.possible + e.others_possible,
      school_weeks(e.weeks))
  end
  return ("too few half days to say: %d possible in the last %s, %d in the %s before"):format(e.possible,
    school_weeks(e.weeks), e.possible_before, school_weeks(e.before))
end

-- How much of it the rest of the school shares, and how much is asked for.
local function asked_words(points, school_points)
  return ("; %d points are asked for%s"):format(points,
    (school_points or 0) > 0 and " beyond what the school shares" or "")
end

function why_not.trend(e)
  if e.too_few then return too_few(e) end
  if e.was_at_least and e.attended_before * 100 < e.was_at_least * e.possible_before then
    return ("attendance was %s in the %s before; asked for is %d %% or more"):format(
      share_words(e.attended_before, e.possible_before), school_weeks(e.before), e.was_at_least)
  end
  return describe.trend(e) .. asked_words(e.points, e.school_fall)
end

function why_not.weekday(e)
  if e.too_few then return e.weekday and too_few(e) or describe.weekday(e) end
  if e.days < e.at_least then
    return ("%s; %d such days are asked for"):format(describe.weekday(e), e.at_least)
  end
  return describe.weekday(e) .. asked_words(e.points, e.school_difference)
end

function methods.why_not(e)
  if type(e) ~= "userdata" then check.arguments("evidence:why_not", e) end
  if e.met then return nil end
  return why_not[e.kind](e)
end

function methods.because(e, words, ...)
  if type(words) ~= "string" or not words:find "%S" then
    check.arguments("evidence:because", e, words)
    error("because takes the reason in words: evidence:because \"earlier support has not worked\"", 2)
  end
  if not e.met then return nil end
  return reasons.new(words, { e, ... })
end

return reasons
