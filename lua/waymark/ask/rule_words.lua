-- ask/rule_words: what a rule counts, in words, so that a figure explains itself:
-- the codes, the period, since when, and for whom. From the rule as it was
-- declared; nothing here knows a law.

local core = require "waymark.core"
local reasons = core.sdk "evidence"

local rule_words = {}

local function list(value)
  if type(value) ~= "string" then return table.concat(value, ", ") end
  return (value:gsub(utf8.charpattern, "%0, "):gsub(", $", ""))
end

local function counted(spec)
  local parts = {}
  if spec.codes then parts[1] = list(spec.codes) end
  local classes = spec.classes
  if classes then parts[#parts + 1] = type(classes) == "table" and table.concat(classes, ", ") or classes end
  return #parts > 0 and "counts " .. table.concat(parts, " and ") or nil
end

local function weeks(spec)
  if not spec.weeks then return nil end
  if spec.weeks == 1 then return "the school week of the day (Monday to Sunday)" end
  return ("the school week of the day and the %s before it (Monday to Sunday, by the planned calendar)"):format(
    reasons.plural(spec.weeks - 1, "school week"))
end

local taken_off = "what the rest of the school shares is taken off"
local least_usual, days_usual = 20, 3 -- of core/script/lua_rule.c

local compared = {}

function compared.trend(spec, add)
  add(("beside the %s before"):format(spec.before == 1 and "school week" or spec.before .. " school weeks"))
  add(("a fall of %s"):format(reasons.plural(spec.points, "point")))
  if spec.was_at_least then add(("only for attendance of %d %% or more before"):format(spec.was_at_least)) end
  if spec.beside_school ~= false then add(taken_off) end
  add(("at least %s possible in both"):format(reasons.half_days(spec.least_possible or least_usual)))
end

function compared.weekday(spec, add)
  add(("one weekday beside the other days, %s more absence"):format(reasons.plural(spec.points, "point")))
  add(taken_off)
  add(("on at least %s"):format(reasons.plural(spec.at_least or days_usual, "such day")))
  add(("at least %s possible"):format(reasons.half_days(spec.least_possible or least_usual)))
end

-- "counts G, N, O, U; the school week of the day and …; since Mon 19 Aug 2024; …"
function rule_words.how(rule)
  local spec, parts = rule.spec, {}
  local function add(text) parts[#parts + 1] = text end
  add(counted(spec))
  if spec.unit == "days" then
    add(rule.kind == "longest" and "school days of which every half day counts, and nothing is passed over"
      or "school days that have one")
  end
  if spec.after then add("just after " .. list(spec.after)) end
  add(weeks(spec))
  if compared[rule.kind] then compared[rule.kind](spec, add) end
  if spec.since then add("not before " .. core.date.short(spec.since)) end
  if spec.ages then add("only on days of compulsory school age") end
  return #parts > 0 and table.concat(parts, "; ") or nil
end

local function counts(spec, mark)
  if spec.codes then
    for _, code in ipairs(type(spec.codes) == "table" and spec.codes or {}) do
      if code == mark.code then return true end
    end
    if type(spec.codes) == "string" and #mark.code == 1 and spec.codes:find(mark.code, 1, true) then return true end
  end
  for _, class in ipairs(type(spec.classes) == "table" and spec.classes or { spec.classes }) do
    if class == mark.class then return true end
  end
  return false
end

-- How many sessions of another pupil record (the same child at another school)
-- the rule would count in a period: they are not counted, and that is said. A rule that
-- compares has no count of its own.
function rule_words.elsewhere(rule, pupil, from, to)
  local n = 0
  if compared[rule.kind] then return n end
  for _, mark in ipairs(pupil:marks(from, to)) do
    if counts(rule.spec, mark) then n = n + 1 end
  end
  return n
end

-- "essex: 10 of 10 half days in 10 school weeks, Mon 8 Sep 2025 to Tue 18 Nov 2025": of an
-- item of evidence as data.
function rule_words.evidence(each)
  local period = ""
  if each.from and each.to then
    period = each.from == each.to and ", " .. core.date.short(each.from)
      or (", %s to %s"):format(core.date.short(each.from), core.date.short(each.to))
  end
  return ("%s: %s%s"):format(each.rule, each.words, period)
end

-- What was met and has left the weeks is not what was never met.
function rule_words.verdict(each)
  if each.met then return "met" end
  if not each.first_met then return "not met" end
  return ("met on %s, not in these weeks"):format(core.date.english(each.first_met:sub(1, 10)))
end

return rule_words
